"""Official papers (公文) after GB/T 9704-2012 as Word and PDF, and plain tables. Pure."""
