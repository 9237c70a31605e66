"""What the first entry of a letter binds besides its words, and the same read from the tables.

It is part of the sealed body, so that its commitment hides it among the words: on its own, of whom
a letter complains could be guessed by whoever holds the salt.
"""

from collections.abc import Mapping

from huiyin.kernel.files.models import StoredFile
from huiyin.parts.cases.models import Case


def about(case: Case) -> dict[str, str | bool]:
    """Return of whom it complains, who may therefore not touch it, where it was, whether there is
    danger, and whether a name was given. Units and posts by their codes; only what there is.
    """
    found: Mapping[str, str | bool | None] = {
        "unit": case.complained_unit.code if case.complained_unit else None,
        "post": case.complained_post.code if case.complained_post else None,
        "barred": case.conflict_unit.code if case.conflict_unit else None,
        "place": case.place_unit.code if case.place_unit else None,
        "danger": case.danger or None,
        "naming": case.naming,
    }
    return {name: value for name, value in found.items() if value is not None}


def bound(file: StoredFile) -> dict[str, str | None]:
    """Return the digests of an attachment: of the copy that is shown, and of what was sent."""
    return {"file": file.clean_digest, "original": file.original_digest}
