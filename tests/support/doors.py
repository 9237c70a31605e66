"""A mail server that hands messages in."""

import argparse
import io
import re
from email import message_from_bytes, policy
from email.message import EmailMessage

import pytest

from huiyin.commands import mailing_in


class Door:
    """Runs `huiyin mail-in` on a message, and gives what it printed."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        self.monkeypatch = monkeypatch

    def __call__(self, raw: bytes, *more: str) -> tuple[int, EmailMessage | None]:
        parser = argparse.ArgumentParser()
        mailing_in.add(parser)
        printed = io.TextIOWrapper(io.BytesIO(), encoding="utf-8")
        with self.monkeypatch.context() as patch:
            patch.setattr("sys.stdin", io.TextIOWrapper(io.BytesIO(raw)))
            patch.setattr("sys.stdout", printed)
            status = mailing_in.run(parser.parse_args(list(more)))
        out = printed.buffer.getvalue()  # type: ignore[attr-defined]
        return status, message_from_bytes(out, policy=policy.default) if out else None  # type: ignore[return-value]


def code_in(reply: EmailMessage | None) -> str:
    assert reply is not None
    found = re.search(r"[0-9A-Z]{4}(-[0-9A-Z]{4}){7}", reply.get_content())
    assert found
    return found[0]
