"""A sample of the tests: every n-th by a digest of its name, so that it is the same in each run."""

from zlib import crc32

import pytest


def add_option(parser: pytest.Parser) -> None:
    """Let `pytest --sample 10` run a tenth of what it would run."""
    parser.addoption(
        "--sample", type=int, default=1, metavar="N", help="run one in N tests, always the same"
    )


def keep(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Deselect what is not of the sample. Raises UsageError where N is below 1."""
    share = config.getoption("--sample")
    if share < 1:
        raise pytest.UsageError("--sample: one in how many tests, 1 or more")
    outside = [item for item in items if crc32(item.nodeid.encode()) % share]
    config.hook.pytest_deselected(items=outside)
    items[:] = [item for item in items if not crc32(item.nodeid.encode()) % share]
