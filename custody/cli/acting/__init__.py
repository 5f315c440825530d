"""What every act shares: who signs, which exhibits, drafts, and the entry that comes of it."""
