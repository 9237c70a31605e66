"""From what came in to a submission, for writers and for clerks."""

import hashlib

from django.utils.translation import get_language

from huiyin.parts.cases.actions.filing import Submission
from huiyin.web.api import lookup
from huiyin.web.api.schemas import LetterIn


def submission(given: LetterIn, key: str = "") -> Submission:
    """Return the submission; raise BadInput for unknown codes.

    `key` is the caller's Idempotency-Key. It counts together with the content, so that knowing or
    guessing somebody's key alone never returns somebody's receipt code.
    """
    seed = b""
    if key:
        content = f"{key}\n{given.model_dump_json()}".encode()
        seed = hashlib.blake2b(content, digest_size=32, person=b"huiyin api seed").digest()
    return Submission(
        title=given.title,
        text=given.text,
        naming=given.naming,
        place=given.place,
        place_unit=lookup.unit(given.place_unit, "place_unit") if given.place_unit else None,
        category=lookup.category(given.category) if given.category else None,
        complained_unit=(
            lookup.unit(given.complained_unit, "complained_unit") if given.complained_unit else None
        ),
        complained_post=(
            lookup.post(given.complained_post, "complained_post") if given.complained_post else None
        ),
        danger=given.danger,
        identity=given.identity.model_dump() if given.identity else {},
        representatives=[one.model_dump() for one in given.representatives],
        phrase=given.phrase,
        language=get_language() or "zh-hans",
        seed=seed,
    )
