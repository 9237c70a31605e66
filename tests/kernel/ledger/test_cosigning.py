"""Witnesses as real processes over real HTTP: what they cosign, what they refuse, who is away."""

import re
import signal
import socket
import subprocess
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest

from huiyin.kernel.ledger import actions, cosigning, publishing, sequencer, signing, witness_state
from huiyin.kernel.ledger.cosigning import Witness, WitnessError
from huiyin.kernel.ledger.models import Log
from huiyin.kernel.ledger.notes import (
    Checkpoint,
    Note,
    NoteError,
    Verifier,
    cosigned_by,
    open_checkpoint,
    sign,
)
from huiyin.kernel.ledger.tiles import path
from tests.support.processes import until

pytestmark = pytest.mark.django_db
COMMAND = [sys.executable, "-c", "import sys; from huiyin.cli import main; sys.exit(main())"]


@dataclass
class Running:
    """A witness's process."""

    witness: Witness
    process: subprocess.Popen[str]


def command(state: Path, *words: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [*COMMAND, "witness", "--state", str(state), *words],
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )


@contextmanager
def serving(state: Path) -> Iterator[Running]:
    process = subprocess.Popen(
        [*COMMAND, "witness", "--state", str(state), "serve", "--port", "0"],
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        text=True,
    )
    assert process.stdout is not None
    try:
        key, address = process.stdout.readline().split()
        yield Running(Witness(Verifier.parse(key), address), process)
    finally:
        process.kill()
        process.wait()
        process.stdout.close()


@pytest.fixture
def state(tmp_path: Path, settings: Any) -> Path:
    """A witness that knows the log."""
    settings.HUIYIN_LOG = tmp_path / "log"
    found = tmp_path / "witness"
    made = command(found, "key", "--name", "union.example/witness")
    assert made.returncode == 0, made.stderr
    assert command(found, "key").stdout == made.stdout
    added = command(found, "add-log", str(signing.verifier()))
    assert added.returncode == 0, added.stderr
    return found


def grow(count: int, now: datetime) -> Checkpoint:
    actions.append_many(actions.Draft("case.asked", f"case:{n}", now) for n in range(count))
    sequencer.round_now(now)
    return Checkpoint.parse(Note.parse(published()).text)


def published() -> str:
    return (publishing.current() or b"").decode()


def put(found: Checkpoint) -> None:
    """Publish what the log's operator signs without its database."""
    text = found.text()
    note = Note(text, (sign(text, signing.origin(), signing.private()),))
    (publishing.settings.HUIYIN_LOG / publishing.CHECKPOINT).write_text(str(note), "utf-8")


def test_a_growing_log_is_cosigned_again_and_again(state: Path, now: datetime) -> None:
    with serving(state) as one:
        for count in (3, 300, 0, 1):
            grown = grow(count, now)
            assert cosigning.cosign_now(one.witness)
            held = cosigned_by(published(), [one.witness.key])
            assert held["union.example/witness"] > 0
            assert open_checkpoint(published(), signing.verifier()) == grown


def test_a_log_that_forgot_where_the_witness_stands_is_told(state: Path, now: datetime) -> None:
    with serving(state) as one:
        grow(5, now)
        assert cosigning.cosign_now(one.witness)
        grow(300, now)
        publishing.settings.HUIYIN_LOG.joinpath(".witnesses", one.witness.key.key_id.hex()).unlink()
        assert cosigning.cosign_now(one.witness)
        assert cosigned_by(published(), [one.witness.key])


def test_after_a_kill_the_witness_still_refuses_a_fork_and_a_rollback(
    state: Path, now: datetime
) -> None:
    first = grow(5, now)
    with serving(state) as one:
        grown = grow(4, now)
        assert cosigning.cosign_now(one.witness)
        one.process.send_signal(signal.SIGKILL)
        one.process.wait()
    with serving(state) as again:
        put(first)
        with pytest.raises(WitnessError, match="has lost entries"):
            cosigning.cosign_now(again.witness)
        put(Checkpoint(grown.origin, grown.size, bytes(32)))
        with pytest.raises(WitnessError, match=r"409 another root .* forked"):
            cosigning.cosign_now(again.witness)
        put(grown)  # its own sequencer signs nothing beside what is published
        bigger = grow(4, now)
        put(Checkpoint(grown.origin, bigger.size, bytes(32)))
        with pytest.raises(WitnessError, match="422"):
            cosigning.cosign_now(again.witness)
        assert witness_state.known(state, signing.origin()).seen == grown
        put(bigger)
        assert cosigning.cosign_now(again.witness)


def test_one_witness_that_is_away_keeps_neither_the_log_nor_the_other_waiting(
    state: Path, now: datetime, settings: Any, caplog: pytest.LogCaptureFixture
) -> None:
    with serving(state) as one, socket.create_server(("127.0.0.1", 0)) as silent:
        away = Verifier("away.example/witness", bytes(32), 4)
        port = silent.getsockname()[1]  # takes the connection and never answers
        settings.HUIYIN_WITNESSES = (
            f"# who cosigns\n{one.witness.key} {one.witness.address}\n"
            f"{away} http://127.0.0.1:{port}/\n"
        )
        assert [each.key for each in cosigning.witnesses()] == [one.witness.key, away]
        with cosigning.running():
            for _ in range(2):
                grown = grow(2, now)
                assert until(lambda: bool(cosigned_by(published(), [one.witness.key])))
                assert open_checkpoint(published(), signing.verifier()) == grown
                assert Log.objects.get(pk=1).published == grown.size
        gone = Witness(away, "http://127.0.0.1:9")
        cosigning.SECONDS, before = 1, cosigning.SECONDS
        try:
            stop = threading.Event()
            thread = threading.Thread(target=cosigning._loop, args=(gone, stop))
            thread.start()
            assert until(lambda: "asked again" in caplog.text)
        finally:
            stop.set()
            thread.join()
            cosigning.SECONDS = before


def test_a_cosignature_that_comes_late_does_not_bring_an_old_checkpoint_back(
    state: Path, now: datetime
) -> None:
    with serving(state) as one:
        grow(2, now)
        cosigning.cosign_now(one.witness)
        note = Note.parse(published())
        grown = grow(1, now)
        assert not publishing.countersign(note.text, note.signatures[-1])
        assert open_checkpoint(published(), signing.verifier()) == grown


def listed(settings: Any, *running: Running) -> None:
    lines = [f"{one.witness.key} {one.witness.address}" for one in running]
    settings.HUIYIN_WITNESSES = "\n".join(lines)


def test_a_cosignature_that_comes_late_is_in_what_receipts_are_made_of(
    state: Path, now: datetime, settings: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    with serving(state) as one:
        listed(settings, one)
        then = grow(3, now)
        ask = cosigning._ask

        def slow(*given: Any) -> Any:
            line = ask(*given)
            grow(4, now)  # a newer checkpoint comes out before the answer
            return line

        monkeypatch.setattr(cosigning, "_ask", slow)
        assert not cosigning.cosign_now(one.witness)
        assert open_checkpoint(published(), signing.verifier()).size == 7
        assert not cosigned_by(published(), [one.witness.key])
        note = cosigning.for_receipts(3)
        assert open_checkpoint(note, signing.verifier()) == then
        assert cosigned_by(note, [one.witness.key])
        assert cosigning.for_receipts(4) == published()  # it does not cover a later entry
        monkeypatch.setattr(cosigning, "_ask", ask)
        assert cosigning.cosign_now(one.witness)
        assert cosigning.for_receipts(1) == published()  # the newest, now that it has it too
        (stands,) = cosigning.standing()
        assert (stands.size, stands.witness) == (7, one.witness)
        assert stands.at is not None


def test_of_several_checkpoints_the_one_with_the_most_cosignatures_is_taken(
    state: Path, now: datetime, settings: Any, tmp_path: Path
) -> None:
    second = tmp_path / "second"
    command(second, "key", "--name", "press.example/witness")
    command(second, "add-log", str(signing.verifier()))
    with serving(state) as one, serving(second) as two:
        listed(settings, one, two)
        assert [each.size for each in cosigning.standing()] == [None, None]
        grow(3, now)
        assert cosigning.cosign_now(one.witness)
        grow(2, now)
        for each in (one, two):
            assert cosigning.cosign_now(each.witness)
        grow(2, now)
        assert cosigning.cosign_now(two.witness)
        grow(1, now)
        note = cosigning.for_receipts(5)
        assert open_checkpoint(note, signing.verifier()).size == 7  # one each: the newer of them
        (settings.HUIYIN_LOG / cosigning._name(two.witness)).unlink()
        assert open_checkpoint(cosigning.for_receipts(5), signing.verifier()).size == 5
        assert cosigned_by(cosigning.for_receipts(5), [one.witness.key])
        grow(1, now)
        for each in (one, two):
            assert cosigning.cosign_now(each.witness)
        grow(1, now)
        assert set(cosigned_by(cosigning.for_receipts(), [one.witness.key, two.witness.key])) == {
            "union.example/witness",
            "press.example/witness",
        }


def test_what_was_cosigned_under_an_ended_key_or_is_damaged_is_not_given_out(
    state: Path, now: datetime, settings: Any, caplog: pytest.LogCaptureFixture
) -> None:
    with serving(state) as one:
        listed(settings, one)
        grow(3, now)
        assert cosigning.cosign_now(one.witness)
        grow(1, now)
        kept = Note.parse(cosigning.for_receipts(3))
        assert len(kept.signatures) == 2
        name = cosigning._name(one.witness)
        publishing.write(name, str(Note(kept.text, kept.signatures[1:])).encode())
        assert cosigning.for_receipts(3) == published()
        broken = kept.signatures[1]
        broken = type(broken)(broken.name, broken.key_id, bytes(72))
        publishing.write(name, str(Note(kept.text, (kept.signatures[0], broken))).encode())
        assert cosigning.for_receipts(3) == published()
        assert "does not hold" in caplog.text
        publishing.write(name, str(kept).encode())
        assert cosigning.for_receipts(3) == str(kept)
        tile = settings.HUIYIN_LOG / path(0, 0, 3)
        was = tile.read_bytes()
        tile.write_bytes(was[::-1])  # another log than the one that was cosigned
        assert cosigning.for_receipts(3) == published()
        tile.write_bytes(was)
        settings.HUIYIN_WITNESSES = "nonsense http://a"
        assert cosigning.for_receipts(3) == published()
        assert "without cosignatures" in caplog.text


def test_the_cosignature_of_another_key_is_not_taken(state: Path, now: datetime) -> None:
    with serving(state) as one:
        grow(2, now)
        other = Witness(Verifier("union.example/witness", bytes(32), 4), one.witness.address)
        with pytest.raises(WitnessError, match="no cosignature of its key"):
            cosigning.cosign_now(other)
        assert len(Note.parse(published()).signatures) == 1


def test_one_directory_is_served_once_and_a_key_is_made_once(state: Path) -> None:
    assert (state / "witness.key").stat().st_mode & 0o777 == 0o600
    assert "keeps its key" in command(state, "key", "--name", "x").stderr
    with serving(state):
        refused = command(state, "serve", "--port", "0")
        assert refused.returncode == 2
        assert "another process uses" in refused.stderr


def test_a_strange_log_is_refused(tmp_path: Path, state: Path, now: datetime) -> None:
    strange = tmp_path / "strange"
    command(strange, "key", "--name", "strange.example/witness")
    with serving(strange) as one:
        grow(1, now)
        with pytest.raises(WitnessError, match="404"):
            cosigning.cosign_now(one.witness)


@pytest.mark.parametrize("bad", ["x http://a", "/no/such/file", "a b c://"])
def test_a_bad_list_of_witnesses_is_refused_by_name(settings: Any, bad: str) -> None:
    settings.HUIYIN_WITNESSES = bad
    with pytest.raises(WitnessError, match=re.escape("HUIYIN_WITNESSES")):
        cosigning.witnesses()


def test_a_new_key_of_the_log_signs_beside_the_old_one_and_the_witness_goes_on(
    state: Path, now: datetime, settings: Any, tmp_path: Path
) -> None:
    settings.HUIYIN_KEYS = tmp_path / "keys"
    signing.ensure()
    old = signing.verifier()
    assert command(state, "add-log", str(old)).returncode == 0
    grow(3, now)
    with serving(state) as one:
        assert cosigning.cosign_now(one.witness)
        signing.rotate()
        new = signing.verifier()
        assert new != old
        assert signing.verifiers() == [new, old]
        grown = grow(0, now)  # the same entries, signed again
        assert grown == open_checkpoint(published(), old) == open_checkpoint(published(), new)
        assert cosigning.cosign_now(one.witness)  # what it gave is put under it again
        assert cosigned_by(published(), [one.witness.key])
        grow(3, now)
        assert cosigning.cosign_now(one.witness)  # by the old key, which still signs
    assert command(state, "add-log", str(new)).returncode == 0
    (settings.HUIYIN_KEYS / "log-1.key").unlink()
    grow(2, now)
    with serving(state) as one:
        assert cosigning.cosign_now(one.witness)  # by the new key
        assert open_checkpoint(published(), new).size == 8
        with pytest.raises(NoteError):
            open_checkpoint(published(), old)
