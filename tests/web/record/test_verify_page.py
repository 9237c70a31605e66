"""The page that checks receipts, as it is served, and the proof that the log has only grown."""

import base64
import hashlib
import re
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest
from django.test import Client

from huiyin.kernel.ledger import actions, sequencer, signing
from huiyin.kernel.ledger.notes import open_checkpoint
from huiyin.kernel.ledger.tree import verify_consistency

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def log(tmp_path: Path, settings: Any) -> None:
    settings.HUIYIN_LOG = tmp_path / "var" / "log"


def grow(count: int, now: datetime) -> None:
    actions.append_many(actions.Draft("case.asked", f"case:{n}", now) for n in range(count))
    sequencer.round_now(now)


def test_the_page_runs_its_own_script_and_may_load_or_send_nothing(client: Client) -> None:
    answer = client.get("/log/verify.html")
    policy = dict(one.strip().split(" ", 1) for one in answer["Content-Security-Policy"].split(";"))
    assert policy["default-src"] == "'none'"
    assert "connect-src" not in policy
    for name in ("script", "style"):
        inner = re.findall(rb"<%b>(.*?)</%b>" % ((name.encode(),) * 2), answer.content, re.DOTALL)
        hashes = [base64.b64encode(hashlib.sha256(one).digest()).decode() for one in inner]
        assert policy[f"{name}-src"] == f"'sha256-{hashes[0]}'"
        assert len(hashes) == 1
    assert not re.search(rb"\b(src|href|action|style|on[a-z]+)=", answer.content)
    assert client.post("/log/verify.html").status_code == 405


@pytest.mark.parametrize("old", [1, 255, 256, 257, 300])
def test_the_file_since_a_size_proves_that_the_log_has_only_grown(
    client: Client, now: datetime, old: int
) -> None:
    grow(old, now)
    then = open_checkpoint(client.get("/log/checkpoint").content.decode(), signing.verifier())
    assert then.size == old
    grow(300, now)
    head, _, note = client.get(f"/log/since/{old}").content.decode().partition("\n\n")
    first, *lines = head.split("\n")
    assert first == f"old {old}"
    today = open_checkpoint(note, signing.verifier())
    proof = [base64.b64decode(one) for one in lines]
    verify_consistency(then.size, today.size, proof, then.root, today.root)
    assert today.size == old + 300


def test_no_proof_is_given_from_nothing_or_from_beyond_the_log(
    client: Client, now: datetime
) -> None:
    assert client.get("/log/since/1").status_code == 404
    grow(3, now)
    assert client.get("/log/since/3").status_code == 200
    assert client.get("/log/since/3").content.startswith(b"old 3\n\n")
    for size in ("0", "4", "9" * 30):
        assert client.get(f"/log/since/{size}").status_code == 404
