"""What changes duty, in the order of its life; the only writer."""
