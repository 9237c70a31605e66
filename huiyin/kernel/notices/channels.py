"""Where a post's notices go besides its page: adding, moving and removing channels."""

from datetime import datetime

from django.db import transaction

from huiyin.kernel.holding.actions import hold, remove
from huiyin.kernel.notices.models import Channel
from huiyin.kernel.units.models import Post


@transaction.atomic
def add_channel(post: Post, address: str, *, place: int, now: datetime) -> Channel:
    """Add a channel; `place` is its turn among the post's channels for an urgent notice."""
    channel = Channel.objects.create(post=post, address=address, place=place)
    hold(channel, now=now)
    return channel


@transaction.atomic
def move_channel(channel: Channel, place: int, *, now: datetime) -> None:
    """Give the channel another turn."""
    channel.place = place
    channel.save(update_fields=["place"])
    hold(channel, now=now)


@transaction.atomic
def remove_channel(channel: Channel, *, now: datetime) -> None:
    """Remove the channel; what was sent over it stays sent."""
    remove(channel, now=now)
