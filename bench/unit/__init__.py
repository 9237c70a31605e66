"""A unit as users have it: made from a seed, checked by itself, and given to the peer too."""
