"""A window lived through beforehand, in a database of its own: what would be noticed, when, by whom.

Everything happens through the same actions as in service, and in between the worker's own rounds,
hours and sweep run, only that the clock jumps from one moment at which something happens to the next.
Faults of known kinds are put in at known units and times; whatever is noticed and was not put in is
invented, and whatever was put in and is not noticed is missing. Both are named.
"""
