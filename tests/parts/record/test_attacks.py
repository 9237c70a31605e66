"""The list of attacks in docs/audit.md names tests that there are."""

import re
from pathlib import Path

from tests.kernel.ledger import test_receipts as receipts
from tests.parts.record import test_audit as audits
from tests.parts.record import test_receipt as with_database

PAGE = Path(__file__).resolve().parents[3] / "docs" / "audit.md"
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


def test_every_attack_has_its_test_by_receipt_and_by_audit() -> None:
    found = listed()
    assert set(ATTACKS) <= set(found)
    for name in ATTACKS:
        by_receipt, *by_audit = found[name]
        assert hasattr(receipts, by_receipt) or hasattr(with_database, by_receipt), by_receipt
        assert all(hasattr(audits, one) for one in by_audit), by_audit
        assert by_audit or name == "a receipt from another log"
