"""`huiyin verify` on any machine: no database, no settings, no service."""

import json
import os
import subprocess
import sys
from collections.abc import Callable
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Thread

import pytest

from huiyin.cli import main
from huiyin.kernel.ledger.receipt_text import pack
from tests.kernel.ledger.public import OTHER_KEY, WORDS, PublicLog, leaves, verifier

ROOT = Path(__file__).parent.parent
Verify = Callable[..., int]


@pytest.fixture
def receipt(tmp_path: Path) -> Path:
    path = tmp_path / "receipt.json"
    path.write_text(json.dumps(PublicLog(leaves()).receipt()), encoding="utf-8")
    return path


@pytest.fixture
def log(tmp_path: Path) -> Path:
    return publish(tmp_path / "log", PublicLog([*leaves(), leaves()[0]]))


@pytest.fixture
def key(tmp_path: Path) -> Path:
    path = tmp_path / "log.pub"
    path.write_text(f"{verifier()}\n", encoding="utf-8")
    return path


@pytest.fixture
def run(receipt: Path) -> Verify:
    return lambda *more: main(["verify", str(receipt), "--language", "en", *map(str, more)])


def publish(where: Path, log: PublicLog) -> Path:
    for name, content in log.files.items():
        path = where / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content)
    (where / "checkpoint").write_text(log.note, encoding="utf-8")
    (where / "key").write_text(f"{verifier(log.key, log.origin)}\n", encoding="utf-8")
    return where


def test_all_is_proven_with_the_log_and_its_key(
    run: Verify, log: Path, key: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run("--log", log, "--key", key) == 0
    shown = capsys.readouterr().out
    assert "proven: your letter of 3 March 2026 09:14 is entry 70 of the log" in shown
    assert "All is proven." in shown


def test_a_log_at_an_address_is_read_over_http(run: Verify, log: Path) -> None:
    class Quiet(SimpleHTTPRequestHandler):
        def log_message(self, *args: object) -> None:
            """Say nothing."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), partial(Quiet, directory=str(log)))
    Thread(target=server.serve_forever, daemon=True).start()
    try:
        assert run("--log", f"http://127.0.0.1:{server.server_port}/") == 0
        (log / "tile/0/000").unlink()
        assert run("--log", f"http://127.0.0.1:{server.server_port}") == 1
    finally:
        server.shutdown()
        server.server_close()


def test_offline_it_says_what_is_not_proven(
    run: Verify, key: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run("--key", key) == 3
    assert "that it has only grown since is not proven" in capsys.readouterr().out
    assert run() == 3
    assert "a forger can bring a key along" in capsys.readouterr().out


def test_a_checkpoint_got_elsewhere_is_compared(
    run: Verify, log: Path, key: Path, tmp_path: Path
) -> None:
    same = tmp_path / "same"
    same.write_text(PublicLog(leaves()).note, encoding="utf-8")
    assert run("--key", key, "--checkpoint", same) == 0
    assert run("--key", key, "--checkpoint", log / "checkpoint") == 3  # nothing shows that it grew
    assert run("--key", key, "--checkpoint", log / "checkpoint", "--log", log) == 0
    whole = leaves()
    whole[3] = whole[4]
    same.write_text(PublicLog(whole).note, encoding="utf-8")  # what another client was shown
    assert run("--key", key, "--checkpoint", same) == 1
    same.write_text(PublicLog(whole[:650]).note, encoding="utf-8")
    assert run("--key", key, "--checkpoint", same) == 1


def test_the_words_are_compared(run: Verify, log: Path, tmp_path: Path) -> None:
    text = tmp_path / "letter.json"
    text.write_bytes(WORDS)
    assert run("--log", log, "--text", text) == 0
    text.write_bytes(WORDS + b"?")
    assert run("--log", log, "--text", text) == 1


def test_of_several_keys_that_the_log_has_had_the_one_that_signed_is_taken(
    run: Verify, log: Path, tmp_path: Path
) -> None:
    key = tmp_path / "both.pub"
    key.write_text(f"{verifier(OTHER_KEY)}\n{verifier()}\n", encoding="utf-8")
    assert run("--log", log, "--key", key) == 0


def test_another_key_and_another_log_are_named(
    run: Verify, log: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    key = tmp_path / "other.pub"
    key.write_text(str(verifier(OTHER_KEY)), encoding="utf-8")
    assert run("--log", log, "--key", key) == 1
    assert "the signature is from another key" in capsys.readouterr().out
    key.write_text(str(verifier(OTHER_KEY, "elsewhere.example")), encoding="utf-8")
    assert run("--log", log, "--key", key) == 1
    assert "a receipt from another log" in capsys.readouterr().out


def test_a_log_that_was_cut_is_called_by_that_name_alone(
    run: Verify, tmp_path: Path, key: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    cut = publish(tmp_path / "cut", PublicLog(leaves()[:620]))
    assert run("--log", cut, "--key", key) == 1
    shown = capsys.readouterr().out
    assert "the log was truncated" in shown
    assert "old checkpoint" not in shown
    publish(cut, PublicLog(leaves()))
    publish(cut, PublicLog(leaves()[:620]))  # all files are there, the checkpoint is an old one
    assert run("--log", cut, "--key", key) == 1
    shown = capsys.readouterr().out
    assert "an old checkpoint is replayed" in shown
    assert "truncated" not in shown


def test_programs_read_the_names(
    run: Verify, log: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run("--log", log, "--json") == 0
    found = json.loads(capsys.readouterr().out)
    assert found["proven"] is True
    assert {"code": "letter", "state": "proven"}.items() <= found["findings"][1].items()


def test_the_text_of_a_qr_code_is_checked_as_a_file_from_a_pipe_or_by_itself(
    log: Path, key: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    text = pack(PublicLog(leaves()).receipt(), 70)
    path = tmp_path / "scanned.txt"
    path.write_text(f"{text}\n", encoding="utf-8")
    more = ["--log", str(log), "--key", str(key), "--language", "en"]
    for given in (str(path), text):
        assert main(["verify", given, *more]) == 0
        assert "your letter of 3 March 2026 09:14 is entry 70" in capsys.readouterr().out
    piped = subprocess.run(
        [sys.executable, "-m", "huiyin.cli", "verify", "-", *more],
        input=text.encode(),
        cwd=ROOT,
        capture_output=True,
        check=False,
    )
    assert piped.returncode == 0
    assert b"All is proven." in piped.stdout
    assert main(["verify", text[:-5], *more]) == 2
    assert "its end is missing" in capsys.readouterr().err
    changed = text.replace(text[900], "A" if text[900] != "A" else "B")
    assert main(["verify", changed, *more]) in {1, 2}


def test_a_receipt_under_an_ended_key_is_proven_by_both_key_lines(
    run: Verify, tmp_path: Path, key: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    log = publish(tmp_path / "anew", PublicLog([*leaves(), leaves()[0]], key=OTHER_KEY))
    new = log / "key"
    assert run("--log", log) == 1
    assert "the signature is from another key" in capsys.readouterr().out
    assert run("--log", log, "--key", new, "--key", key) == 0
    both = tmp_path / "both.pub"
    both.write_text(key.read_text("utf-8") + new.read_text("utf-8"), encoding="utf-8")
    assert run("--log", log, "--key", both) == 0
    forked = leaves()
    forked[3] = forked[4]
    publish(log, PublicLog([*forked, leaves()[0]], key=OTHER_KEY))
    assert run("--log", log, "--key", both) == 1


def test_what_is_no_receipt_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "receipt.json"
    assert main(["verify", str(path)]) == 2
    path.write_text("[", encoding="utf-8")
    assert main(["verify", str(path)]) == 2
    path.write_text("{}", encoding="utf-8")
    assert main(["verify", str(path)]) == 1


def test_it_speaks_chinese_and_needs_no_framework(receipt: Path, log: Path, tmp_path: Path) -> None:
    program = (
        "import sys; from huiyin.cli import main; status = main(sys.argv[1:]);"
        "assert not [one for one in sys.modules if one.startswith('django')];"
        "sys.exit(status)"
    )
    done = subprocess.run(
        [sys.executable, "-c", program, "verify", str(receipt), "--log", str(log)],
        cwd=tmp_path,
        env={
            "PYTHONPATH": str(ROOT),
            "LANG": "zh_CN.UTF-8",
            "PATH": os.environ["PATH"],
            "PYTHONUTF8": "1",
        },
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    assert "已证明: 您 2026年3月3日 09:14 的来信是公开日志的第 70 条记录" in done.stdout
    assert "全部证明成立。" in done.stdout
    assert not (tmp_path / "var").exists()


CASES = Path(__file__).parent / "kernel/ledger/cases"


@pytest.mark.parametrize("name", ["r00_whole", "r01_bom", "r02_utf16", "r03_crlf_pretty"])
@pytest.mark.parametrize("words", ["r00_words", "r20_words_crlf_pretty"])
def test_a_receipt_is_read_however_an_editor_saved_it(
    name: str, words: str, capsys: pytest.CaptureFixture[str]
) -> None:
    given = ["verify", str(CASES / f"{name}.json"), "--text", str(CASES / f"{words}.json")]
    assert main([*given, "--json"]) == 3  # neither key nor log is given
    found = json.loads(capsys.readouterr().out)["findings"]
    assert {"letter", "text"} <= {each["code"] for each in found if each["state"] == "proven"}
    assert not [each for each in found if each["state"] == "failed"]


@pytest.mark.parametrize("encoding", ["utf-8-sig", "utf-16"])
def test_words_and_keys_are_read_however_an_editor_saved_them(
    run: Verify, log: Path, tmp_path: Path, encoding: str
) -> None:
    text, key, note = tmp_path / "letter.json", tmp_path / "key", tmp_path / "note"
    text.write_text(WORDS.decode(), encoding=encoding)
    key.write_text(f"{verifier()}\r\n", encoding=encoding)
    note.write_text((log / "checkpoint").read_text().replace("\n", "\r\n"), encoding=encoding)
    assert run("--key", key, "--log", log, "--text", text, "--checkpoint", note) == 0


@pytest.mark.parametrize(
    "name",
    ["r04", "r05", "r06", "r07", "r07b", "r09", "r10", "r11", "r13", "r14"],
)
def test_a_damaged_receipt_is_refused_without_a_crash(name: str) -> None:
    (path,) = CASES.glob(f"{name}_*.json")
    assert main(["verify", str(path)]) in {1, 2}


def test_a_receipt_of_no_entries_is_not_proven() -> None:
    assert main(["verify", str(CASES / "r08_no_entries.json")]) == 3


def test_a_receipt_of_a_newer_version_is_not_judged(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["verify", str(CASES / "r12_newer_version.json"), "--language", "en"]) == 3
    assert "does not judge it" in capsys.readouterr().out


def test_an_older_checkpoint_that_somebody_kept_is_proven_to_be_continued(
    run: Verify, log: Path, key: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    older = tmp_path / "older"
    between = publish(tmp_path / "between", PublicLog([*leaves(), *leaves()[:9]]))
    assert run("--log", between, "--key", key, "--checkpoint", log / "checkpoint") == 0
    older.write_text(PublicLog(leaves()[:650]).note, encoding="utf-8")
    assert run("--log", log, "--key", key, "--checkpoint", older) == 0
    assert "is the start of the log" in capsys.readouterr().out
    other = leaves()[:650]
    other[3] = other[4]
    older.write_text(PublicLog(other).note, encoding="utf-8")  # what another client was shown
    assert run("--log", log, "--key", key, "--checkpoint", older) == 1
    assert "forked" in capsys.readouterr().out
