"""The list of attacks in docs/audit.md names tests that there are."""

import ast
import re
from pathlib import Path

ROOT = Path(__file__).resolve().parents[3]
PAGE = ROOT / "docs" / "audit.md"
ATTACKS = (
    "a row deleted", "an answer edited", "a time moved", "two entries swapped", "the log truncated",
    "the log forked for one client", "an old checkpoint replayed", "a tile corrupted",
    "a signature from another key", "a receipt from another log",
)  # fmt: skip


def listed() -> dict[str, list[str]]:
    """Return the tests named beside each attack."""
    text = PAGE.read_text("utf-8").partition("## Attacks")[2].partition("\n## ")[0]
    lines = re.findall(r"^\| ([a-z ]+) \| (.*) \|$", text, re.MULTILINE)
    return {name: re.findall(r"`(test_\w+)`", rest) for name, rest in lines}


def named_in(*paths: str) -> set[str]:
    """Return the names of the tests of these modules."""
    return {
        node.name
        for path in paths
        for node in ast.parse((ROOT / "tests" / path).read_text("utf-8")).body
        if isinstance(node, ast.FunctionDef) and node.name.startswith("test_")
    }


def test_every_attack_has_its_test_by_receipt_and_by_audit() -> None:
    found = listed()
    receipts = named_in("kernel/ledger/test_receipts.py", "parts/cases/test_receipts.py")
    audits = named_in("parts/record/test_audit.py")
    assert set(ATTACKS) <= set(found)
    for name in ATTACKS:
        by_receipt, *by_audit = found[name]
        assert by_receipt in receipts
        assert set(by_audit) <= audits
        assert by_audit or name == "a receipt from another log"
