"""Everything in one file, and back: archive (the format), database, writing, restoring."""
