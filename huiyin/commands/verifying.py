"""`huiyin verify`: check a receipt file, with the log or without it, on any machine."""

import argparse
import json
import os
import sys
import urllib.error
import urllib.parse
import urllib.request
from datetime import UTC, datetime, timedelta
from functools import partial
from pathlib import Path
from typing import Any

from huiyin.commands import Refused
from huiyin.kernel.ledger.against import Today, against, kept_note
from huiyin.kernel.ledger.findings import Finding, State, Verdict
from huiyin.kernel.ledger.notes import NoteError, Verifier, chosen, verifiers
from huiyin.kernel.ledger.receipt_file import ReceiptError, read_text
from huiyin.kernel.ledger.receipt_text import is_text, unpack
from huiyin.kernel.ledger.receipts import CHINA, verify
from huiyin.kernel.ledger.tiles import Read

MOST = 8 * 1024 * 1024  # no file of a log and no receipt is larger
SECONDS = 20
SIGNS = {
    State.PROVEN: ("已证明", "proven"),
    State.OPEN: ("未证明", "not proven"),
    State.FAILED: ("不成立", "FAILS"),
    State.NOTE: ("说明", "note"),
}
PROVEN, FAILED, LEFT_OPEN = 0, 1, 3


def add(parser: argparse.ArgumentParser) -> None:
    """Say what the command takes."""
    parser.add_argument(
        "receipt",
        help='the receipt file; the text of a QR code, "HY1:…", in a file or itself; - reads it',
    )
    parser.add_argument("--log", help="the log: https://host/log, or a directory with a copy of it")
    parser.add_argument("--checkpoint", type=Path, help="a checkpoint of the log, got elsewhere")
    parser.add_argument(
        "--key",
        type=Path,
        action="append",
        help="the log's key, got elsewhere; several, a line or a file each, where it was changed",
    )
    parser.add_argument(
        "--text", type=Path, help="the words of the letter, as they were downloaded"
    )
    parser.add_argument("--witness", type=Path, action="append", help="a witness's key; repeatable")
    parser.add_argument("--language", choices=["zh", "en"], help="default: the terminal's")
    parser.add_argument("--json", action="store_true", help="print for programs")


def run(args: argparse.Namespace) -> int:
    """Check and print; return 0 when all is proven, 1 when something fails, 3 when some is open."""
    receipt = _receipt(args.receipt)
    read = _reader(args.log) if args.log else None
    keys = _keys(args.key, read)
    key = chosen(keys, str(receipt.get("checkpoint"))) if keys else None
    check = partial(
        verify,
        receipt,
        key=key,
        witnesses=[_verifier(path) for path in args.witness or []],
        text=_file(args.text) if args.text else None,
    )
    kept = _note(args.checkpoint) if args.checkpoint else None
    live = _live(read) if read is not None else None
    verdict = check() if kept is live is None else Verdict(())
    for checkpoint in (kept, live):
        if checkpoint is None:
            continue
        newer = chosen(keys, checkpoint) if keys else None
        today = Today(None, ())
        if read is not None and live is not None and newer is not None:
            today = (
                kept_note(receipt, checkpoint, live, keys, read)
                if checkpoint is kept
                else against(receipt, checkpoint, newer, read, then_key=key)
            )
        one = check(checkpoint=checkpoint, checkpoint_key=newer, consistency=today.consistency)
        one = _weighed(one, today.findings)
        verdict = verdict.joined(each for each in one.findings if each not in verdict.findings)
    _print(verdict, args)
    return PROVEN if verdict.proven else FAILED if verdict.failed else LEFT_OPEN


def _receipt(given: str) -> dict[str, Any]:
    """Return the receipt of a file, of standard input, or of the text itself."""
    if is_text(given):
        content, name = given.encode(), "the text"
    elif given == "-":
        content, name = sys.stdin.buffer.read(MOST), "standard input"
    else:
        content, name = _file(Path(given)), given
    try:
        text = read_text(content)
        receipt = unpack(text) if is_text(text) else json.loads(text)
    except ReceiptError as error:
        raise Refused(f"{name}: the text can't be read: {error}") from error
    except (ValueError, RecursionError) as error:
        why = "is empty" if not content.strip() else "is not JSON, or not all of it"
        raise Refused(f"{name} {why}") from error
    if not isinstance(receipt, dict):
        raise Refused(f"{name} is not a receipt")
    return receipt


def _weighed(verdict: Verdict, more: tuple[Finding, ...]) -> Verdict:
    """Join the findings; each is called by one name.

    A log that was cut is not also called an old checkpoint; where a damaged file leaves no proof,
    its name says so.
    """
    better = {"truncated": "old_checkpoint", "tile": "no_consistency"}
    named = {better.get(one.code) for one in more}
    kept = (one for one in verdict.findings if one.code not in named)
    return Verdict(tuple(kept)).joined(more)


def _file(path: Path) -> bytes:
    try:
        with path.open("rb") as stream:
            return stream.read(MOST)
    except OSError as error:
        raise Refused(f"{path} can't be read: {error.strerror}") from error


def _note(path: Path) -> str:
    """Return a checkpoint from a file, with the line ends that it was signed with."""
    return _text(_file(path), str(path)).replace("\r\n", "\n")


def _text(content: bytes, name: str) -> str:
    try:
        return read_text(content)
    except UnicodeDecodeError as error:
        raise Refused(f"{name} is not text") from error


def _verifier(path: Path) -> Verifier:
    try:
        return Verifier.parse(_text(_file(path), str(path)))
    except NoteError as error:
        raise Refused(f"{path}: {error}") from error


def _keys(paths: list[Path] | None, read: Read | None) -> list[Verifier]:
    """Return the log's keys from files, or from the log whose address the person gave."""
    if paths:
        return [key for path in paths for key in _lines(_text(_file(path), str(path)), str(path))]
    if read is None:
        return []
    try:
        return _lines(_text(read("key"), "the log's key"), "the log's key")
    except OSError as error:
        raise Refused(f"the log shows no key ({error}): give it with --key") from error


def _lines(text: str, name: str) -> list[Verifier]:
    try:
        return verifiers(text)
    except NoteError as error:
        raise Refused(f"{name}: {error}") from error


def _live(read: Read) -> str:
    try:
        return _text(read("checkpoint"), "the log's checkpoint")
    except OSError as error:
        raise Refused(f"the log's checkpoint can't be read: {error}") from error


def _reader(log: str) -> Read:
    """Return what reads a file of the log by its path; it raises OSError."""
    if "://" not in log:
        return lambda name: _of_directory(Path(log), name)
    if urllib.parse.urlsplit(log).scheme not in {"https", "http"}:
        raise Refused("the log's address begins with https:// or http://")
    return lambda name: _of_address(f"{log.rstrip('/')}/{name}")


def _of_directory(directory: Path, name: str) -> bytes:
    with (directory / name).open("rb") as stream:
        return stream.read(MOST)


def _of_address(address: str) -> bytes:
    request = urllib.request.Request(address, headers={"User-Agent": "huiyin-verify"})  # noqa: S310 - see _reader
    try:
        with urllib.request.urlopen(request, timeout=SECONDS) as answer:  # noqa: S310
            content: bytes = answer.read(MOST)
    except (urllib.error.URLError, TimeoutError) as error:
        raise OSError(f"{address}: {error}") from error
    return content


def _language(chosen: str | None) -> str:
    if chosen:
        return chosen
    named = next(
        (os.environ[n] for n in ("LC_ALL", "LC_MESSAGES", "LANG") if os.environ.get(n)), ""
    )
    return "zh" if named.lower().startswith("zh") else "en"


def _print(verdict: Verdict, args: argparse.Namespace) -> None:
    if args.json:
        found = [
            {"code": one.code, "state": one.state.value, "zh": one.zh, "en": one.en}
            for one in verdict.findings
        ]
        json.dump({"proven": verdict.proven, "findings": found}, sys.stdout, ensure_ascii=False)
        print()
        return
    english = _language(args.language) == "en"
    for one in verdict.findings:
        print(f"{SIGNS[one.state][english]}: {one.en if english else one.zh}")
    if verdict.proven:
        print("All is proven." if english else "全部证明成立。")
    elif verdict.failed:
        print("This receipt does NOT hold." if english else "这份回执不成立。")
    else:
        print(
            "Nothing fails, but not all is proven."
            if english
            else "没有不成立之处，但并非全部得到证明。"
        )
    hours = CHINA.utcoffset(datetime.now(UTC)) // timedelta(hours=1)
    print(f"(UTC+{hours})" if english else f"（时间为 UTC+{hours}）")
