"""Refusing what stands for a person in a text that is not a letter."""

from collections.abc import Mapping
from typing import Any

from huiyin.kernel.given import BadInput
from huiyin.kernel.privacy.detect import Found, caught


class Private(BadInput):
    """Something in the text stands for a person; `found` says what and where.

    Numbers have to go; names may stay once the sender has said that they are of nobody who complains.
    """

    def __init__(self, found: list[Found]) -> None:
        super().__init__(found[0].field, found[0].kind)
        self.found = found


def keep_private(fields: Mapping[str, Any], *, sure: bool) -> None:
    """Raise Private for a number that stands for a person, and for a name unless `sure`."""
    found = caught(fields)
    if bad := [one for one in found if one.refused or not sure]:
        raise Private(sorted(bad, key=lambda one: not one.refused))
