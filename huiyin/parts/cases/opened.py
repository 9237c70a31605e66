"""What a letter's tables hold sealed, opened and held against what its entries are bound to.

Words stand in two places: in the step, whose bytes its entry commits to, and in a row of their own
(a remedy, the reason of an extension, the subject line). The auditor holds the step against the
entry; here the row is held against the step, and each attachment on disk against the digests that
were bound. After erasure nothing of it can be opened, and nothing of it may be left.
"""

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from huiyin.kernel.files import store
from huiyin.kernel.files.models import StoredFile
from huiyin.kernel.files.queries import name_context, original_context, read
from huiyin.kernel.given import clean
from huiyin.kernel.ledger.testimony import Problem
from huiyin.kernel.vault import envelope
from huiyin.kernel.vault.envelope import SealBroken
from huiyin.parts.cases import sealing
from huiyin.parts.cases.binding import about, bound
from huiyin.parts.cases.models import Case, Remedy, Step


@dataclass
class Opened:
    """One letter with its steps and attachments; `bodies` are what steps say, by their number.

    `key` is the letter's text key, None after erasure.
    """

    case: Case
    steps: Sequence[Step]
    bodies: Mapping[int, Mapping[str, Any]]
    files: Sequence[StoredFile]
    key: bytes | None
    counts: Counter[str] = field(default_factory=Counter)

    def of(self, *kinds: str) -> Iterator[tuple[Step, Mapping[str, Any]]]:
        """Yield the steps of these kinds that could be opened, with what they say."""
        for step in self.steps:
            if step.kind in kinds and step.number in self.bodies:
                yield step, self.bodies[step.number]


def problems(given: Opened) -> Iterator[Problem]:
    """Yield whatever is not as it was bound."""
    if given.case.erased_at is not None:
        yield from _left_over(given)
    if given.key is None:
        return
    yield from _first(given)
    yield from _remedies(given, given.key)
    yield from _extensions(given, given.key)
    yield from _attachments(given, given.key)


def _left_over(given: Opened) -> Iterator[Problem]:
    case = given.case
    if case.text_key is not None:
        yield Problem("altered", "it was erased, and its text key is still kept")
    if case.phrase_hash:
        yield Problem("altered", "it was erased, and its recovery phrase is still kept")
    for file in given.files:
        if file.removed_at is None:
            yield Problem("altered", f"it was erased, and attachment {file.pk} is still kept")


def _first(given: Opened) -> Iterator[Problem]:
    """The subject line, and of whom the letter complains, as its first entry binds them."""
    case = given.case
    for step, said in given.of("filed"):
        try:
            title = sealing.unseal(case, "title", case.title, given.key).decode()
        except SealBroken:
            yield Problem("altered", "the subject line: its seal is broken", step.entry_id)
        else:
            if title != said.get("title"):
                yield Problem("commitment", "the subject line has other words", step.entry_id)
        if "about" not in said:
            given.counts["letters_of_an_earlier_form"] += 1
            continue
        now, then = about(case), said["about"]
        changed = {name for name in {*now, *then} if now.get(name) != then.get(name)}
        if "language" not in then:  # from before it said so
            changed -= {"language", "category"}
        if any(step.kind == "categorised" for step in given.steps):
            changed.discard("category")  # what it is now is bound by that step
        if (then.get("naming"), now["naming"]) == ("anonymous", "named"):
            changed.discard("naming")  # a writer may give a name later
        if changed:
            detail = f"what it is about was changed: {', '.join(sorted(changed))}"
            yield Problem("commitment", detail, step.entry_id)


def _remedies(given: Opened, key: bytes) -> Iterator[Problem]:
    promised: list[tuple[Step, Mapping[str, str]]] = []
    for step, said in given.of("answered", "review_decided"):
        each = said.get("remedies", [])
        promised += [(step, one) for one in each]
        if step.facts.get("remedies") != len(each):
            detail = f"step {step.number} counts another number of remedies than it promises"
            yield Problem("altered", detail, step.entry_id)
    kept: dict[int, Remedy] = {one.number: one for one in given.case.remedies.all()}
    for number, (step, one) in enumerate(promised, 1):
        remedy = kept.get(number)
        if remedy is None:
            yield Problem("missing", f"remedy {number}", step.entry_id)
            continue
        try:
            text = sealing.unseal(given.case, f"remedy {number}", remedy.text, key).decode()
        except SealBroken:
            yield Problem("altered", f"remedy {number}: its seal is broken", step.entry_id)
            continue
        given.counts["commitments_checked"] += 1
        if text != clean(one["text"]):
            yield Problem("commitment", f"remedy {number} has other words", step.entry_id)
        if remedy.due_on.isoformat() != one["due_on"]:
            detail = f"remedy {number} is due on {remedy.due_on}, promised for {one['due_on']}"
            yield Problem("commitment", detail, step.entry_id)


def _extensions(given: Opened, key: bytes) -> Iterator[Problem]:
    kept = sorted(given.case.extensions.all(), key=lambda one: one.pk)
    for n, ((step, said), one) in enumerate(
        zip(given.of("extension_asked"), kept, strict=False), 1
    ):
        try:
            reason = sealing.unseal(given.case, "extension", one.reason, key)
        except SealBroken:
            yield Problem(
                "altered", f"the reason of extension {n}: its seal is broken", step.entry_id
            )
            continue
        given.counts["commitments_checked"] += 1
        if reason != sealing.pack(said):
            yield Problem("commitment", f"extension {n} has another reason", step.entry_id)


def _attachments(given: Opened, key: bytes) -> Iterator[Problem]:
    expected: list[tuple[Step, Mapping[str, Any]]] = []
    strict = True
    for step, said in given.of("filed"):
        strict = "files" in said
        expected += [(step, one) for one in said.get("files", [])]
    expected += list(given.of("file_added"))
    kept = {one.clean_digest: one for one in given.files if one.clean_digest is not None}
    for number, (step, said) in enumerate(expected, 1):
        file = kept.pop(said["file"], None)
        if file is None:
            yield Problem("missing", f"attachment {number}", step.entry_id)
            continue
        if "original" in said and bound(file)["original"] != said["original"]:
            detail = f"attachment {number}: what was sent is kept under another digest"
            yield Problem("commitment", detail, step.entry_id)
        if "stored" in said and bound(file)["stored"] != said["stored"]:
            detail = f"attachment {number}: its type, or how it is kept, was changed"
            yield Problem("commitment", detail, step.entry_id)
        on_time = file.created_at <= step.at if step.kind == "filed" else file.created_at == step.at
        if not on_time:
            detail = f"attachment {number} says {file.created_at}"
            yield Problem("altered", detail, step.entry_id)
        yield from _stored(given, file, number, key, step)
    for file in kept.values():
        if strict:
            yield Problem("unlogged", f"attachment {file.pk} has no entry of this letter")
        else:
            given.counts["attachments_unlogged"] += 1


def _stored(
    given: Opened, file: StoredFile, number: int, key: bytes, step: Step
) -> Iterator[Problem]:
    """Open an attachment where it lies; what was sent besides can be checked by its digest alone."""
    given.counts["attachments_checked"] += 1
    try:
        if len(read(file, key)) != file.size:
            yield Problem("altered", f"attachment {number} has another size", step.entry_id)
        envelope.unseal(key, bytes(file.name_sealed), name_context(file.token))
        if file.original_digest is not None:
            store.get(file.original_digest, key, original_context(file.token))
    except store.BlobMissing:
        yield Problem("missing", f"attachment {number} is not on disk", step.entry_id)
    except (store.BlobDamaged, SealBroken, ValueError):  # ValueError: not even a digest
        detail = f"attachment {number}: what lies on disk was altered"
        yield Problem("altered", detail, step.entry_id)
