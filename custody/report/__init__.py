"""What a person reads: the story, the verdict and its limits, as text and HTML."""
