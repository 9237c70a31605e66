"""The administrator says where a post's notices go."""

import pytest

from huiyin.cli import main
from huiyin.kernel.notices.models import Channel
from tests.cast import Cast

# Apprise loads a module that Python 3.13 drops.
pytestmark = pytest.mark.filterwarnings("ignore:'imghdr':DeprecationWarning")


def test_a_channel_is_added_listed_without_its_secret_and_removed(
    cast: Cast, capsys: pytest.CaptureFixture[str]
) -> None:
    address = "json://user:secret@127.0.0.1:9/"
    assert main(["channel", "add", "--post", cast.clerk.post.code, "--address", address]) == 0
    channel = Channel.objects.get()
    assert main(["channel", "list"]) == 0
    shown = capsys.readouterr().out
    assert cast.clerk.post.code in shown
    assert "secret" not in shown
    assert "place 0" in shown
    assert main(["channel", "move", "--id", str(channel.pk), "--place", "2"]) == 0
    assert main(["channel", "list"]) == 0
    assert "place 2" in capsys.readouterr().out
    assert main(["channel", "remove", "--id", str(channel.pk)]) == 0
    assert not Channel.objects.exists()


@pytest.mark.parametrize(
    ("call", "why"),
    [
        (["channel", "add", "--post", "nobody", "--address", "json://127.0.0.1/"], "no post"),
        (["channel", "add", "--post", "nobody", "--address", "nonsense"], "Apprise"),
        (["channel", "remove", "--id", "7"], "no such channel"),
        (["channel", "move", "--id", "7", "--place", "1"], "no such channel"),
    ],
)
def test_a_mistake_is_named_and_nothing_is_kept(
    cast: Cast, capsys: pytest.CaptureFixture[str], call: list[str], why: str
) -> None:
    assert main(call) == 2
    assert why in capsys.readouterr().err
    assert not Channel.objects.exists()
