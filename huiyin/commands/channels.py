"""`huiyin channel`: where a post's notices go besides its page."""

import argparse

from django.utils import timezone

from huiyin.commands import Refused
from huiyin.kernel.notices.actions import send_with_apprise
from huiyin.kernel.notices.channels import add_channel, move_channel, remove_channel
from huiyin.kernel.notices.models import Channel
from huiyin.kernel.units.models import Post


def add(parser: argparse.ArgumentParser) -> None:
    """Say what the command takes."""
    parser.add_argument("what", choices=["list", "add", "move", "remove", "test"])
    parser.add_argument("--post", help="the post's code, as the unit's page shows it")
    parser.add_argument("--address", help="an Apprise address: mailto://, wecombot://, dingtalk://")
    parser.add_argument("--id", type=int, help="which one to move, remove or test: see `list`")
    parser.add_argument(
        "--place", type=int, default=0, help="the order in which urgent notices take the channels"
    )


def _post(code: str | None) -> Post:
    found = Post.objects.filter(code=code).first()
    if found is None:
        raise Refused(f"there is no post {code}")
    return found


def _channel(number: int | None) -> Channel:
    found = Channel.objects.filter(pk=number or 0).first()
    if found is None:
        raise Refused("there is no such channel: see `huiyin channel list`")
    return found


def _place(given: int) -> int:
    if not 0 <= given < 1_000:
        raise Refused("a place is a number from 0 to 999")
    return given


def run(args: argparse.Namespace) -> int:
    """List, add, move, remove or try channels. An address may hold a secret, so only its kind is shown."""
    match args.what:
        case "add":
            import apprise

            if not args.address or not apprise.Apprise().add(args.address):
                raise Refused("this address is none that Apprise can send to")
            made = add_channel(
                _post(args.post), args.address, place=_place(args.place), now=timezone.now()
            )
            print(f"{made.pk}  {made}  {made.post.code}")
        case "move":
            move_channel(_channel(args.id), _place(args.place), now=timezone.now())
        case "remove":
            remove_channel(_channel(args.id), now=timezone.now())
        case "test":
            channel = _channel(args.id)
            if not send_with_apprise(
                channel.address, "回音 Huiyin", "通道测试 · This channel works."
            ):
                raise Refused(f"{channel} did not take the message")
            print("The message was taken.")
        case _:
            for channel in Channel.objects.select_related("post").order_by(
                "post__code", "place", "id"
            ):
                fails = channel.failing_since
                told = f"  fails since {fails:%Y-%m-%dT%H:%MZ}" if fails else ""
                print(f"{channel.pk}  {channel}  {channel.post.code}  place {channel.place}{told}")
    return 0
