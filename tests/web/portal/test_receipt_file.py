"""The receipt file on the writer's pages: told what it proves, fetched with the code, by nobody else."""

import json
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest
import time_machine
from django.test import Client

from huiyin.cli import main
from huiyin.kernel.ledger import publishing, sequencer, signing
from huiyin.kernel.ledger.receipt_text import unpack
from huiyin.kernel.ledger.receipts import verify
from huiyin.parts.cases.actions import forwarding
from huiyin.parts.cases.actions.filing import Filed
from tests.cast import Cast
from tests.web.portal.conftest import Person, write


@pytest.fixture(autouse=True)
def log(tmp_path: Path, settings: Any, db: None) -> None:
    settings.HUIYIN_LOG = tmp_path / "log"


@pytest.fixture
def filed(cast: Cast, now: datetime) -> Filed:
    return cast.file(now)


@pytest.fixture
def writer(person: Person, filed: Filed, now: datetime) -> Any:
    with time_machine.travel(now, tick=False):
        person.go("/letter/")
        person.send("code", code=str(filed.code))
        yield person


def test_the_letters_page_says_what_the_file_proves_and_hands_it_out(
    writer: Person, filed: Filed, now: datetime
) -> None:
    sequencer.round_now(now)
    assert "It shows neither what you wrote nor your name" in writer.words
    assert "with your code it can be fetched later" in writer.words
    assert writer.text.index("It proves this to whoever") < writer.text.index(
        '"/letter/receipt.json"'
    )
    answer = writer.go("/letter/receipt.json")
    assert "attachment" in answer["Content-Disposition"]
    assert answer["Cache-Control"] == "no-store"
    note = (publishing.current() or b"").decode()
    verdict = verify(json.loads(answer.content), key=signing.verifier(), checkpoint=note)
    assert verdict.proven
    words = writer.go("/letter/letter.json").content
    checked = verify(
        json.loads(answer.content), key=signing.verifier(), checkpoint=note, text=words
    )
    assert checked.proven
    assert "text" in checked.codes


@pytest.mark.parametrize("path", ["/letter/receipt.json", "/letter/letter.json", "/letter/paper/"])
def test_without_the_code_nobody_gets_either_file(filed: Filed, path: str) -> None:
    answer = Client().get(path)
    assert answer.status_code == 302
    assert answer["Location"] == "/letter/"
    assert Client().post(path).status_code == 405


def test_the_filing_page_tells_of_the_file_unless_the_receipt_was_declined(
    person: Person, cast: Cast
) -> None:
    write(person)
    person.send(go="next")
    assert person.code
    assert '"/letter/receipt.json"' in person.text
    assert "You need not take it" in person.words
    answer = person.client.get("/letter/receipt.json", follow=True)
    assert "Receipt code" in answer.content.decode()  # it is asked for, and nothing is handed out
    write(person)
    person.send(go="next", decline="1")
    assert "You declined a receipt code" in person.words
    assert '"/letter/receipt.json"' not in person.text


def test_the_fetched_file_is_proven_by_the_log_that_the_service_shows(
    writer: Person, filed: Filed, now: datetime, tmp_path: Path, live_server: Any
) -> None:
    sequencer.round_now(now)
    path = tmp_path / "receipt.json"
    path.write_bytes(writer.go("/letter/receipt.json").content)
    assert main(["verify", str(path), "--log", f"{live_server.url}/log"]) == 0


def test_the_receipt_on_paper_waits_for_the_proof_and_is_then_the_same_receipt(
    writer: Person, filed: Filed, cast: Cast, now: datetime
) -> None:
    assert writer.text.index("It proves this to whoever") < writer.text.index('"/letter/paper/"')
    writer.go("/letter/paper/")
    assert "not yet in the public log" in writer.words
    assert "<svg" not in writer.text.partition("<main")[2]
    sequencer.round_now(now)
    answer = writer.go("/letter/paper/")  # "Look again" leads to the page itself
    assert answer["Cache-Control"] == "no-store"
    assert "It proves this to whoever you show the sheet to" in writer.words
    assert "You need not print it" in writer.words
    assert str(filed.code).split("-")[-1] not in writer.text
    file = json.loads(writer.go("/letter/receipt.json").content)
    text = answer.context["text"]
    assert unpack(text) == file
    forwarding.forward(cast.clerk, filed.case.locator, cast.works, now=now)
    sequencer.round_now(now)
    newest = writer.go("/letter/paper/?of=newest").context["text"]
    entries = [
        unpack(one)["entries"][0] for one in (writer.go("/letter/paper/").context["text"], newest)
    ]
    file = json.loads(writer.go("/letter/receipt.json").content)
    assert entries == [file["entries"][0], file["entries"][-1]]
    assert entries[0] != entries[1]


def test_after_the_words_are_destroyed_the_paper_opens_nothing(
    writer: Person, filed: Filed, now: datetime
) -> None:
    sequencer.round_now(now)
    type(filed.case).objects.filter(pk=filed.case.pk).update(text_key=None)
    text = writer.go("/letter/paper/").context["text"]
    assert unpack(text)["entries"][0]["openings"] == {}
