"""Taking evidence in: files, images, lists, assets, and what is known of where they come from."""
