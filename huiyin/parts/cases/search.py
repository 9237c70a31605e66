"""Search over sealed letters: which letters may hold what is looked for, and which do.

The index is kept in segments of SPAN letters; a segment in BUCKETS sealed rows, each with some of the
marks (`words.marks`) of its letters and which letters have them. Nothing of it is readable, and nothing
in it is the same for two letters, without the organisation's key for search. A search opens the buckets of
its marks, and then the letters that have all of them, since only the letter says whether it holds
the words. Letters with words that are not in a segment yet (SearchPending) are simply read.

A segment is built from the letters' texts and from nothing else: what was erased is in none that was
built afterwards, and a damaged or lost index is made anew by `rebuild`.

A bucket: how many marks (2 bytes), the marks in order (4 bytes each), in how many letters each is
(2 bytes), then for each mark its letters: their places in the segment (2 bytes each), or, for more than
DENSE of them, one bit for each place. Zeros follow, up to the size of the segment's largest bucket.
"""

import json
import logging
import struct
import sys
import time
from array import array
from bisect import bisect_left
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from functools import lru_cache
from typing import Any

from django.db import IntegrityError, connection, transaction
from django.db.models import Count, F, QuerySet

from huiyin.kernel.vault import envelope
from huiyin.kernel.vault.keys import ring
from huiyin.parts.cases import sealing
from huiyin.parts.cases.models import Case, SearchBucket, SearchPending, SearchSegment, Step
from huiyin.parts.cases.words import BREAK, marks, marks_wanted, plain

log = logging.getLogger(__name__)
SPAN = 1024
BUCKETS = 256
DENSE = SPAN // 16  # beyond so many places, bits take less room
PENDING = 200  # so many letters a search may read by itself
GRAIN = 64  # sizes of buckets are multiples of it
_FIRST = 8  # segments that a search opens at first; then all others
_RETRIES = 20


def pending(case_id: int) -> None:
    """Note that a letter has new words, or lost them; call in the transaction that writes them."""
    SearchPending(case_id=case_id).save(force_insert=True)


def text_of(step_kind: str, body: dict[str, object]) -> str:
    """Return what a step adds to the text in which a letter is found."""
    names = ("title", "text", "place") if step_kind == "filed" else ("text",)
    return BREAK.join(text for name in names if isinstance(text := body.get(name), str))


def texts(keys: Mapping[int, tuple[Case, bytes]]) -> dict[int, str]:
    """Return the form (`words.plain`) of each letter's text by its id; `keys` are letters by theirs,
    each with its text key. A step that was damaged is named in the log, and found by nobody."""
    parts: dict[int, list[str]] = {pk: [] for pk in keys}
    steps = Step.objects.filter(case_id__in=list(keys), body__isnull=False)
    for pk, number, kind, body in steps.order_by("case_id", "number").values_list(
        "case_id", "number", "kind", "body"
    ):
        case, key = keys[pk]
        assert body is not None
        try:
            packed = sealing.unseal(case, str(number), body, key)
        except envelope.SealBroken:
            log.exception("step %s of %s does not open", number, case.ref)
            continue
        parts[pk].append(text_of(kind, json.loads(packed)))
    return {pk: plain(BREAK.join(of_letter)) for pk, of_letter in parts.items()}


def opened(cases: Iterable[Case]) -> dict[int, tuple[Case, bytes]]:
    """Return the letters by their ids, each with its text key.

    Erased ones are left out, and those whose key was damaged, which the log names.
    """
    found = {}
    for case in cases:
        try:
            if case.text_key is not None:
                found[case.pk] = (case, sealing.text_key(case))
        except envelope.SealBroken:
            log.exception("the key of %s does not open", case.ref)
    return found


# --- building -------------------------------------------------------------------------------------


@lru_cache(maxsize=2)
def _derived(search_key: bytes) -> bytes:
    return envelope.derive(search_key, b"huiyin search segments")


def _context(segment: int, version: int, bucket: int | str) -> bytes:
    return f"search {segment}/{version}/{bucket}".encode()


def _pack(postings: Sequence[tuple[int, int]]) -> bytes:
    """Return a bucket: `postings` are marks in order, each with a bit for each of its places."""
    sizes, bodies = array("H"), []
    for _mark, bits in postings:
        size = bits.bit_count()
        sizes.append(size)
        if size > DENSE:
            bodies.append(bits.to_bytes(SPAN // 8, "little"))
        else:
            bodies.append(_little(array("H", _places(bits))))
    head = struct.pack("<H", len(postings))
    return b"".join([head, _little(array("I", [m for m, _ in postings])), _little(sizes), *bodies])


def _little(numbers: "array[int]") -> bytes:
    if sys.byteorder == "big":
        numbers.byteswap()
    return numbers.tobytes()


def _numbers(kind: str, data: bytes) -> "array[int]":
    numbers = array(kind)
    numbers.frombytes(data)
    if sys.byteorder == "big":
        numbers.byteswap()
    return numbers


def _places(bits: int) -> Iterator[int]:
    while bits:
        lowest = bits & -bits
        yield lowest.bit_length() - 1
        bits ^= lowest


def _bits(packed: bytes, mark: int) -> int:
    """Return a bit for each place of the mark in a bucket; 0 where it has none."""
    (count,) = struct.unpack_from("<H", packed)
    known = _numbers("I", packed[2 : 2 + 4 * count])
    at = bisect_left(known, mark)
    if at == count or known[at] != mark:
        return 0
    sizes = _numbers("H", packed[2 + 4 * count : 2 + 6 * count])
    start = 2 + 6 * count
    start += sum(SPAN // 8 if size > DENSE else 2 * size for size in sizes[:at])
    size = sizes[at]
    if size > DENSE:
        return int.from_bytes(packed[start : start + SPAN // 8], "little")
    bits = 0
    for place in _numbers("H", packed[start : start + 2 * size]):
        bits |= 1 << place
    return bits


def _postings(number: int) -> dict[int, int]:
    """Read the letters of a segment; return for each mark a bit for each letter that has it."""
    first = number * SPAN
    cases = Case.objects.filter(pk__gte=first, pk__lt=first + SPAN, text_key__isnull=False)
    postings: dict[int, int] = {}
    rows = list(cases.only("pk", "locator", "text_key", "key_version"))
    for start in range(0, len(rows), 256):
        for pk, form in texts(opened(rows[start : start + 256])).items():
            bit = 1 << (pk - first)
            for mark in marks(form):
                postings[mark] = postings.get(mark, 0) | bit
    return postings


def _packed(postings: dict[int, int]) -> list[bytes]:
    buckets: list[list[tuple[int, int]]] = [[] for _ in range(BUCKETS)]
    for mark in sorted(postings):
        buckets[mark * BUCKETS >> 32].append((mark, postings[mark]))
    packed = [_pack(bucket) for bucket in buckets]
    size = -(-max(map(len, packed)) // GRAIN) * GRAIN
    return [bucket.ljust(size, b"\0") for bucket in packed]


def rebuild(number: int) -> None:
    """Build a segment from its letters; whatever stood in it before is overwritten.

    It is read without a lock, and written only if nobody else has written it meanwhile.
    """
    for _ in range(_RETRIES):
        if _rebuilt(number):
            return
    raise RuntimeError(f"segment {number} of the search index is rebuilt by others all the time")


def _rebuilt(number: int) -> bool:
    first = number * SPAN
    waiting = SearchPending.objects.filter(case_id__gte=first, case_id__lt=first + SPAN)
    read = list(waiting.values_list("pk", flat=True))  # before the texts: none is lost
    before = SearchSegment.objects.filter(number=number).first()
    postings = _postings(number)
    version = before.version + 1 if before else 1
    key = envelope.new_key()
    kek = _derived(ring().search_key)
    wrapped = envelope.wrap(kek, key, _context(number, version, "key"))
    sealed = [
        envelope.seal(key, bucket, _context(number, version, place))
        for place, bucket in enumerate(_packed(postings))
    ]
    try:
        with transaction.atomic():
            if before is None:
                segment = SearchSegment.objects.create(
                    number=number, version=version, wrapped_key=wrapped
                )
            else:
                segment = before
                same = SearchSegment.objects.filter(pk=before.pk, version=before.version)
                if not same.update(version=version, wrapped_key=wrapped):
                    return False
            SearchBucket.objects.bulk_create(
                [
                    SearchBucket(segment=segment, number=place, sealed=data)
                    for place, data in enumerate(sealed)
                ],
                update_conflicts=True,
                unique_fields=["segment", "number"],
                update_fields=["sealed"],
            )
            for start in range(0, len(read), 500):
                SearchPending.objects.filter(pk__in=read[start : start + 500]).delete()
    except IntegrityError:
        if before is None and SearchSegment.objects.filter(number=number).exists():
            return False  # somebody else was the first to build it
        raise
    return True


def rebuild_of(case_ids: Iterable[int]) -> None:
    """Build anew the segments that hold these letters."""
    for number in sorted({case_id // SPAN for case_id in case_ids}):
        rebuild(number)


def keep_up(
    *, most: int = PENDING, seconds: float = 5.0, stop: Callable[[], bool] = lambda: False
) -> int:
    """Bring pending letters into the index while there are more than `most`; return how many.

    The segments with the most of them come first; it ends after about `seconds`. What was erased by a
    process that ended before it could build its segment anew is taken out first, however little waits.
    """
    erased = SearchPending.objects.filter(case__text_key__isnull=True)
    rebuild_of(erased.values_list("case_id", flat=True))
    until = time.monotonic() + seconds
    counts = (
        SearchPending.objects.annotate(segment=F("case_id") / SPAN)
        .values_list("segment")
        .annotate(count=Count("pk"))
        .order_by("-count")
    )
    found: list[tuple[int, int]] = list(counts)
    left, done = sum(count for _segment, count in found), 0
    if left <= most:
        return 0
    for number, count in found:
        if left <= most // 2 or stop() or time.monotonic() > until:
            break
        rebuild(number)
        left, done = left - count, done + count
    return done


# --- looking up -----------------------------------------------------------------------------------


_FIND = """
SELECT s.number, s.version, s.wrapped_key, b.number, b.sealed FROM (
    SELECT id, number, version, wrapped_key FROM cases_searchsegment
    WHERE number < %s ORDER BY number DESC LIMIT %s
) s LEFT JOIN cases_searchbucket b ON b.segment_id = s.id AND b.number IN ({places})
UNION ALL SELECT case_id, 0, NULL, NULL, NULL FROM cases_searchpending WHERE case_id < %s
"""
_ABOVE_ALL = 1 << 31


def candidates(
    needles: Sequence[str], enough: int, before: int | None = None
) -> Iterator[list[int]]:
    """Yield ids of letters that may hold all needles, with ids under `before`, newest ranges first.

    All ids of one list are above those of the next, and a list holds more than `enough` or is the
    last; `holding` says which of the letters do hold the needles.
    """
    buckets: dict[int, list[int]] = {}
    for mark in set[int]().union(*(marks_wanted(needle) for needle in needles)):
        buckets.setdefault(mark * BUCKETS >> 32, []).append(mark)
    top = _ABOVE_ALL * SPAN if before is None else before
    ceiling, size = -(-top // SPAN), _FIRST
    hits: set[int] = set()
    while True:
        # One statement, so that what is brought into a segment meanwhile is seen there or as waiting.
        with connection.cursor() as cursor:
            cursor.execute(
                _FIND.format(places=", ".join(["%s"] * len(buckets))),
                [ceiling, size, *buckets, top],
            )
            rows = cursor.fetchall()
        segments = {row[0] for row in rows if row[2] is not None}
        lowest = min(segments) * SPAN if len(segments) == size else 0
        unread = (row[0] for row in rows if row[2] is None and row[0] >= lowest)
        hits.update(pk for pk in unread if pk < ceiling * SPAN)
        hits.update(pk for pk in _with_marks(rows, buckets) if pk < top)
        if len(hits) > enough or not lowest:
            yield sorted(hits, reverse=True)
            hits = set()
        if not lowest:
            return
        ceiling, size = lowest // SPAN, _ABOVE_ALL


def _with_marks(rows: Sequence[tuple[Any, ...]], buckets: Mapping[int, list[int]]) -> Iterator[int]:
    """Return the ids of letters that have all the marks, by the rows of `_FIND`.

    Where a bucket is missing, every letter of its segment may have its marks.
    """
    kek = _derived(ring().search_key)
    keys: dict[int, bytes] = {}
    have: dict[int, int] = {}
    for segment, version, wrapped, bucket, sealed in rows:
        if wrapped is None:
            continue
        bits = have.setdefault(segment, (1 << SPAN) - 1)
        if not bits or sealed is None:
            continue
        key = keys.get(segment)
        if key is None:
            key = envelope.unwrap(kek, wrapped, _context(segment, version, "key"))
            keys[segment] = key
        packed = envelope.unseal(key, sealed, _context(segment, version, bucket))
        for mark in buckets[bucket]:
            bits &= _bits(packed, mark)
        have[segment] = bits
    for segment, bits in have.items():
        for place in _places(bits):
            yield segment * SPAN + place


def among(cases: QuerySet[Case], ids: Sequence[int]) -> QuerySet[Case]:
    """Return those of the letters that have these ids, however many these are."""
    if connection.vendor == "sqlite":
        where = "cases_case.id IN (SELECT value FROM json_each(%s))"
        return cases.extra(where=[where], params=[f"[{','.join(map(str, ids))}]"])  # noqa: S610
    return cases.extra(where=["cases_case.id = ANY(%s)"], params=[list(ids)])


def holding(cases: Iterable[Case], needles: Sequence[str]) -> list[tuple[Case, bytes]]:
    """Return those of the letters that hold each needle in their text, each with its text key."""
    keys = opened(cases)
    forms = texts(keys)
    return [keys[pk] for pk in keys if all(needle in forms[pk] for needle in needles)]
