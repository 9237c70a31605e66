"""What changes reports; the only writer."""
