"""What the entries of a letter bind besides its words, and the same read from the tables.

What it is about is part of the sealed body, so that its commitment hides it among the words: on its own, of whom
a letter complains could be guessed by whoever holds the salt.
"""

import json
from collections.abc import Mapping

from huiyin.kernel.files.models import StoredFile
from huiyin.kernel.files.queries import stored_as
from huiyin.parts.cases.models import Case


def about(case: Case) -> dict[str, str | bool]:
    """Return of whom it complains, who may therefore not touch it, where it was, whether there is
    danger, whether a name was given, in which language and category it came. Units and posts by their codes; only what there is.
    """
    found: Mapping[str, str | bool | None] = {
        "unit": case.complained_unit.code if case.complained_unit else None,
        "post": case.complained_post.code if case.complained_post else None,
        "barred": case.conflict_unit.code if case.conflict_unit else None,
        "place": case.place_unit.code if case.place_unit else None,
        "danger": case.danger or None,
        "naming": case.naming,
        "language": case.language,
        "category": case.category.code if case.category else None,
    }
    return {name: value for name, value in found.items() if value is not None}


def bound(file: StoredFile) -> dict[str, object]:
    """Return the digests of an attachment, of the copy that is shown and of what was sent, and how
    it is `stored`: its type, what the copy still tells and lacks, which key sealed what was sent.
    """
    return {
        "file": file.clean_digest,
        "original": file.original_digest,
        "stored": stored_as(file),
    }


def code(case: Case, number: int) -> bytes:
    """Return what binds the hashes that open the letter to its writer, as step `number` left them."""
    return _packed(number, bytes(case.secret_hash).hex(), case.phrase_hash, case.code_shared)


def category(case: Case, number: int) -> bytes:
    """Return what binds the letter's category, as step `number` left it."""
    return _packed(number, case.category.code if case.category else None)


def _packed(*values: object) -> bytes:
    return json.dumps(values, separators=(",", ":")).encode()
