"""The service's own worker and two witnesses, each a process; one of the witnesses is away."""

import subprocess
from pathlib import Path

from huiyin.kernel.ledger.notes import COSIGNATURE, Checkpoint, Note, Verifier, cosigned_by
from tests.support.processes import (
    PATIENCE,
    ROOT,
    environment,
    free_port,
    huiyin,
    running,
    until,
)


def run(home: Path, *words: str, **more: str) -> str:
    done = subprocess.run(
        huiyin(home, *words),
        env=environment(home, HUIYIN_PASSWORD="correct-horse-12", **more),
        cwd=ROOT,
        capture_output=True,
        text=True,
        timeout=PATIENCE,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    return done.stdout


def test_a_worker_publishes_and_gets_the_cosignature_of_the_witness_that_is_there(
    tmp_path: Path,
) -> None:
    home, state = tmp_path / "home", tmp_path / "witness"
    home.mkdir()
    run(home, "init", "--name", "测试集团", "--user", "wang")
    shown = run(home, "keys", "show").split()
    key = next(word for word in shown if word.startswith("localhost/huiyin+"))
    witness = run(home, "witness", "--state", str(state), "key", "--name", "a.example/w").strip()
    run(home, "witness", "--state", str(state), "add-log", key)
    away = Verifier("away.example/w", bytes(range(32)), COSIGNATURE)
    ports = [str(free_port()), str(free_port())]
    listed = f"{away} http://127.0.0.1:{ports[0]}\n{witness} http://127.0.0.1:{ports[1]}\n"
    serve = ("witness", "--state", str(state), "serve", "--port", ports[1])
    published = tmp_path / "public" / "checkpoint"

    def cosigned() -> dict[str, int]:
        if not published.exists():
            return {}
        return cosigned_by(published.read_text("utf-8"), [Verifier.parse(witness), away])

    with (
        running(tmp_path, *serve),
        running(home, "worker", HUIYIN_WITNESSES=listed, HUIYIN_LOG_FILES=str(published.parent)),
    ):
        until(cosigned)
    held = cosigned()
    assert list(held) == ["a.example/w"]
    with running(tmp_path, *serve):
        told = run(
            home,
            "worker",
            "--once",
            HUIYIN_WITNESSES=listed,
            HUIYIN_LOG_FILES=str(published.parent),
        )
    assert "a.example/w has cosigned" in told
    assert "no cosignature: away.example/w is away" in told
    note = Note.parse(published.read_text("utf-8"))
    assert Checkpoint.parse(note.text).origin == "localhost/huiyin"
    assert "away.example/w is away" in (home / "output").read_text("utf-8")


def test_a_service_with_a_bad_list_of_witnesses_does_not_start(tmp_path: Path) -> None:
    run(tmp_path, "init", "--name", "测试集团", "--user", "wang")
    for words in (["serve", "--port", str(free_port())], ["worker"]):
        done = subprocess.run(
            huiyin(tmp_path, *words),
            env=environment(tmp_path, HUIYIN_WITNESSES="nonsense https://a.example"),
            cwd=ROOT,
            capture_output=True,
            text=True,
            timeout=PATIENCE,
            check=False,
        )
        assert done.returncode == 2
        assert "HUIYIN_WITNESSES: nonsense" in done.stderr
