"""Whether what makes rosters is installed: the extra `solver`, which a service may do without."""

from importlib.util import find_spec

NEEDS = ("highspy", "numba", "numpy", "ortools")


def is_installed() -> bool:
    """Return whether this Python finds all that the solver is built on; nothing is loaded."""
    return all(find_spec(name) is not None for name in NEEDS)
