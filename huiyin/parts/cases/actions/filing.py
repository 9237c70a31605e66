"""A letter comes in: everything about it in one transaction, then the receipt code."""

import hmac
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime

from django.db import IntegrityError, transaction

from huiyin.kernel import rows
from huiyin.kernel.clock import actions as clock
from huiyin.kernel.clock.entries import plan
from huiyin.kernel.clock.models import Deadline
from huiyin.kernel.files import actions as files
from huiyin.kernel.files.models import StoredFile
from huiyin.kernel.given import BadInput
from huiyin.kernel.ledger import actions as ledger
from huiyin.kernel.ledger.kinds import WHO, who
from huiyin.kernel.ledger.models import Entry
from huiyin.kernel.units.actions import Acting
from huiyin.kernel.units.models import Post, Unit
from huiyin.kernel.vault import actions as vault
from huiyin.kernel.vault import codes
from huiyin.kernel.vault.keys import ring
from huiyin.kernel.vault.queries import identity_bound
from huiyin.parts.cases import binding, sealing, search
from huiyin.parts.cases.actions._common import avoid, need, tell
from huiyin.parts.cases.binding import about, bound
from huiyin.parts.cases.conflict import complained_tree, public_name
from huiyin.parts.cases.models import Case, Category, Step
from huiyin.parts.cases.queries import reception_for

EARLIEST = datetime(1949, 1, 1, tzinfo=UTC)  # before it a time of receipt is a slip
REPRESENTATIVES = 5  # article 20 of the regulation of 2022: at most five for a joint letter


@dataclass(frozen=True)
class Submission:
    """What a person sends.

    `identity` (name, telephone, email, address …) and `representatives` (each such a mapping) are
    sealed at once and are in no other place. `seed` is a random value given out with the form: the
    same form sent twice is one letter, and attachments uploaded before (`has_files`) belong to it.
    `sender` says of a letter by e-mail whether the receiving server vouches for its sender's
    address: "verified", "unverified"; empty elsewhere.
    """

    title: str
    text: str
    naming: str = Case.Naming.ANONYMOUS
    place: str = ""
    place_unit: Unit | None = None
    category: Category | None = None
    complained_unit: Unit | None = None
    complained_post: Post | None = None
    danger: bool = False
    identity: Mapping[str, str] = field(default_factory=dict)
    representatives: Sequence[Mapping[str, str]] = ()
    phrase: str = ""
    has_files: bool = False
    language: str = "zh-hans"
    seed: bytes = b""
    sender: str = ""


@dataclass(frozen=True)
class Filed:
    """The letter and its receipt code; `again` when this form had been received before.

    `entry` and `deadline` are what was written with it just now, None for one that is read again.
    """

    case: Case
    code: codes.ReceiptCode
    again: bool = False
    entry: Entry | None = None
    deadline: Deadline | None = None


def code_of(seed: bytes, attempt: int = 0) -> codes.ReceiptCode:
    """Return the receipt code that belongs to a form's seed: the same for a repeated form."""
    if not seed:
        return codes.new_code()
    return codes.code_from(hmac.digest(ring().pepper, b"code %d " % attempt + seed, "sha256"))


def draft_of(seed: bytes) -> tuple[str, bytes]:
    """Return the subject and the 32-byte key under which a form's attachments wait for sending."""
    pepper = ring().pepper
    name = hmac.digest(pepper, b"draft name " + seed, "sha256").hex()[:32]
    return f"draft:{name}", hmac.digest(pepper, b"draft key " + seed, "sha256")


def attach_to_draft(seed: bytes, data: bytes, name: str, *, now: datetime) -> None:
    """Keep an attachment of a letter that is not sent yet; raise FileRefused, StorageFull."""
    subject, draft_key = draft_of(seed)
    files.keep(subject, data, name, key=draft_key, now=now)


def keep_message_in_draft(seed: bytes, raw: bytes, name: str, shown: str, *, now: datetime) -> None:
    """Keep a message of which something can't be shown, sealed; raise StorageFull."""
    subject, draft_key = draft_of(seed)
    files.keep_sealed(subject, raw, name, shown, key=draft_key, now=now)


def _checked(given: Submission) -> tuple[str, str, str, dict[str, str]]:
    if given.naming not in Case.Naming.values:
        raise BadInput("naming", "unknown")
    title = need("title", given.title, least=2, most=120)
    text = need("text", given.text, least=5, most=20_000)
    place = need("place", given.place, least=0, most=300)
    if given.phrase:
        _check_phrase(given.phrase)
    if unknown := set(given.identity) - set(vault.FIELDS):
        raise BadInput(min(unknown), "unknown")
    identity = {
        key: need(key, value, least=1, most=300)
        for key, value in given.identity.items()
        if value.strip()
    }
    if given.naming == Case.Naming.ANONYMOUS and (identity or given.representatives):
        raise BadInput("naming", "anonymous_with_name")
    if given.naming != Case.Naming.ANONYMOUS and "name" not in identity:
        raise BadInput("name", "missing")
    if given.naming != Case.Naming.JOINT and given.representatives:
        raise BadInput("representatives", "only_joint")
    if len(given.representatives) > REPRESENTATIVES:
        raise BadInput("representatives", "too_many")
    for number, person in enumerate(given.representatives, 1):
        if not person.get("name", "").strip():
            raise BadInput(f"representative_{number}", "missing")
        if set(person) - set(vault.FIELDS):
            raise BadInput(f"representative_{number}", "unknown")
        identity |= {
            f"representative_{number}_{key}": need(key, value, least=1, most=300)
            for key, value in person.items()
            if value.strip()
        }
    return title, text, place, identity


def _check_phrase(phrase: str) -> None:
    try:
        codes.check_phrase(phrase)
    except codes.BadPhrase as error:
        raise BadInput("phrase", "weak_phrase") from error


def file_case(
    given: Submission,
    *,
    channel: str,
    now: datetime,
    acting: Acting | None = None,
    received_at: datetime | None = None,
    code_shared: bool = False,
) -> Filed:
    """File a letter; when this returns, it is on disk.

    `acting` is the clerk who types in a letter that came by hand, telephone or post. A code that
    they or others see (`code_shared`) is good for reading and writing until its holder has changed
    it. Raises BadInput with nothing kept.
    """
    checked = _checked(given)
    for attempt in range(3):  # another letter may have the same locator: 1 in 2**40
        code = code_of(given.seed, attempt)
        try:
            return _file(
                given, checked, code, channel, now, acting, received_at,
                code_shared=code_shared or acting is not None,
            )  # fmt: skip
        except IntegrityError:
            earlier = Case.objects.filter(locator=code.locator).first()
            if earlier is None:
                raise
            if codes.same(codes.hash_secret(ring().pepper, code), earlier.secret_hash):
                return Filed(earlier, code, again=True)
    raise RuntimeError("no free locator was found in three attempts")


def _file(
    given: Submission,
    checked: tuple[str, str, str, dict[str, str]],
    code: codes.ReceiptCode,
    channel: str,
    now: datetime,
    acting: Acting | None,
    received_at: datetime | None,
    *,
    code_shared: bool,
) -> Filed:
    title, text, place, identity = checked
    received_at = received_at or now
    if received_at > now:
        raise BadInput("received_at", "in_future")
    if received_at < EARLIEST:
        raise BadInput("received_at", "too_early")
    post = given.complained_post
    case = Case(
        locator=code.locator,
        public_name=public_name(given.complained_unit, post),
        secret_hash=codes.hash_secret(ring().pepper, code),
        phrase_hash=codes.new_phrase_hash(ring().pepper, given.phrase) if given.phrase else "",
        received_at=received_at,
        channel=channel,
        naming=given.naming,
        language=given.language,
        category=given.category,
        place_unit=given.place_unit,
        complained_unit=given.complained_unit,
        complained_post=post,
        conflict_unit_id=complained_tree(given.complained_unit, post),
        danger=given.danger,
        code_shared=code_shared,
        stage=Case.Stage.RECEIVED,
        steps_count=1,
    )
    reception = reception_for(case, now)
    case.unit, case.owner = reception.unit, reception
    key = sealing.new_text_key(case)
    case.title = sealing.seal_title(case, title, key)
    body = {"title": title, "text": text, "place": place, "about": about(case)}
    if given.sender:
        body["sender"] = given.sender
    deadline = clock.prepare(
        "case.forward",
        subject=case.ref,
        rule="forward",
        counted_from=received_at,
        now=now,
        post=reception,
        **avoid(case),
    )
    case.next_due_at = deadline.due_at
    with transaction.atomic():
        rows.add(case)
        kept: list[StoredFile] = []
        if given.has_files:
            subject, draft_key = draft_of(given.seed)
            kept = files.adopt(subject, case.ref, draft_key=draft_key, key=key)
        packed = sealing.pack(body | {"files": [bound(one) for one in kept]})
        commit = {"text": packed, "code": binding.code(case, 1)}
        if acting is not None:
            commit[WHO] = who(acting.user.pk)
        if identity:
            commit["identity"] = identity_bound(vault.seal_identity(case.ref, identity, now=now), 0)
        entry = ledger.append(
            "case.filed",
            subject=case.ref,
            now=now,
            post=acting.post.code if acting else None,
            facts={
                "channel": channel,
                "began": received_at.isoformat(),
                "due": deadline.due_at.isoformat(),
                "unit": reception.unit.code,
                "to": reception.code,
                "plan": plan(deadline),
            },
            commit=commit,
            salt_key=key,
            name=case.public_name,
        )
        step = Step(
            case=case,
            number=1,
            kind="filed",
            at=now,
            by=Step.By.WRITER,
            entry=entry,
            post=acting.post if acting else None,
            user=acting.user if acting else None,
            body=sealing.seal(case, "1", packed, key),
            facts={"channel": channel, "received": received_at.isoformat()},
        )
        rows.add(step)
        rows.add(deadline)
        tell(case, reception, "filed", now)
        search.pending(case.pk)
    return Filed(case, code, entry=entry, deadline=deadline)
