"""`huiyin token`: shown once, listed without its text, revoked."""

import argparse

import pytest

from huiyin.commands import Refused, tokens
from tests.cast import Cast
from tests.web.api.conftest import Caller


def run(*arguments: str) -> int:
    parser = argparse.ArgumentParser()
    tokens.add(parser)
    return tokens.run(parser.parse_args(list(arguments)))


def test_a_token_is_shown_once_and_ends_when_revoked(
    cast: Cast, capsys: pytest.CaptureFixture[str]
) -> None:
    post = cast.owner.post.code
    assert run("--new", "records", "--user", "owner", "--post", post) == 0
    text = capsys.readouterr().out.splitlines()[0]
    caller = Caller({"Authorization": f"Bearer {text}"})
    assert caller("GET", "/me")[1]["post"]["code"] == post
    run("--list")
    listed = capsys.readouterr().out
    assert "records" in listed
    assert text not in listed
    run("--revoke", listed.split("\t")[0])
    assert caller("GET", "/me")[0] == 401


def test_nobody_gets_a_token_for_a_post_that_they_do_not_hold(cast: Cast) -> None:
    with pytest.raises(Refused):
        run("--new", "x", "--user", "owner", "--post", cast.group_head.post.code)
    with pytest.raises(Refused):
        run("--new", "x", "--user", "owner", "--post", cast.owner.post.code, "--days", "9999")
    with pytest.raises(Refused):
        run("--revoke", "77")
