"""A change to a pure rule is noticed, and the command says what was not."""

import re
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).parents[1]


def test_changed_rules_are_run_against_their_tests_and_counted() -> None:
    run = subprocess.run(
        [sys.executable, "tools/mutants.py", "--sample", "4", "duty/periods"],
        cwd=ROOT, capture_output=True, text=True, check=True,
    )  # fmt: skip
    last = run.stdout.splitlines()[-1]
    counts = re.fullmatch(r"4 mutants of 4 run: (\d) killed, (\d) survived", last)
    assert counts is not None, run.stdout
    assert int(counts[1]) >= 3  # of all in the file one alone means the same
    assert run.stdout.count("survived  huiyin/parts/duty/periods.py:") == int(counts[2])
