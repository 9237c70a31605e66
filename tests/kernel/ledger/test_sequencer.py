"""The log grows in order, in public files, and a kill at any instant loses nothing."""

import shutil
from collections.abc import Callable
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest
from django.db import transaction

from huiyin.kernel.ledger import actions, publishing, sequencer, signing
from huiyin.kernel.ledger.models import Entry, Log
from huiyin.kernel.ledger.notes import Note, open_checkpoint
from huiyin.kernel.ledger.tiles import Tiles, path, unbundle
from huiyin.kernel.ledger.tree import (
    consistency_proof,
    inclusion_proof,
    leaf_hash,
    root,
    verify_consistency,
    verify_inclusion,
)

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def log(tmp_path: Path, settings: Any, db: None) -> None:
    settings.HUIYIN_LOG = tmp_path / "log"


def add(count: int, now: datetime) -> None:
    actions.append_many(
        actions.Draft("case.asked", f"case:{number}", now) for number in range(count)
    )


def leaves() -> list[bytes]:
    rows = (
        Entry.objects.exclude(seq=None)
        .order_by("seq")
        .annotate(published=publishing.LEAF)
        .values_list("published", flat=True)
    )
    return [bytes(row) for row in rows]


@pytest.mark.parametrize("growth", [(1,), (255, 1, 1), (256, 256), (3, 700, 45), (513, 0, 2)])
def test_every_entry_is_provable_from_the_public_files_alone(
    now: datetime, growth: tuple[int, ...]
) -> None:
    before = None
    for count in growth:
        add(count, now)
        sequencer.round_now(now)
        found = open_checkpoint((publishing.current() or b"").decode(), signing.verifier())
        whole = leaves()
        assert found.size == len(whole)
        assert found.root == root([leaf_hash(leaf) for leaf in whole])
        tiles = Tiles(found.size, publishing.read)
        for index in {0, found.size // 2, found.size - 1}:
            proof = inclusion_proof(index, found.size, tiles.subtree)
            verify_inclusion(leaf_hash(whole[index]), index, found.size, proof, found.root)
        if before is not None:
            proof = consistency_proof(before.size, found.size, tiles.subtree)
            verify_consistency(before.size, found.size, proof, before.root, found.root)
        before = found
    bundles = []
    for n in range(-(-found.size // 256)):
        bundles += unbundle(publishing.read(path("entries", n, min(256, found.size - 256 * n))))
    assert bundles == leaves()


def test_what_was_numbered_but_not_published_is_published_at_the_next_start(now: datetime) -> None:
    add(300, now)
    with sequencer.alone():
        sequencer.integrate(now)  # and here the process is killed
    assert publishing.current() is None
    add(5, now)
    assert sequencer.round_now(now) == 5
    assert Log.objects.get().published == 305
    assert open_checkpoint((publishing.current() or b"").decode(), signing.verifier()).size == 305


def test_a_torn_tile_is_made_again_the_same(now: datetime) -> None:
    add(300, now)
    sequencer.round_now(now)
    first = publishing.current()
    for file in publishing.settings.HUIYIN_LOG.rglob("*"):
        if file.is_file():
            file.unlink()
    Log.objects.update(published=0)
    sequencer.round_now(now)
    assert publishing.current() == first


@pytest.mark.parametrize("damage", [Path.unlink, lambda file: file.write_bytes(b"torn")])
def test_an_unfinished_tile_that_is_gone_or_torn_is_made_from_the_tiles_below_it(
    now: datetime, damage: Callable[[Path], object]
) -> None:
    add(600, now)
    sequencer.round_now(now)
    damage(publishing.settings.HUIYIN_LOG / path(1, 0, 2))
    add(200, now)
    sequencer.round_now(now)
    below = [publishing.read(path(0, n)) for n in range(3)]
    hashes = [[tile[at : at + 32] for at in range(0, len(tile), 32)] for tile in below]
    assert publishing.read(path(1, 0, 3)) == b"".join(root(row) for row in hashes)


def test_entries_that_wait_get_places_in_their_order_with_no_gap(now: datetime) -> None:
    add(10, now)
    sequencer.round_now(now)
    add(10, now)
    sequencer.round_now(now)
    numbers = list(Entry.objects.order_by("id").values_list("seq", flat=True))
    assert numbers == list(range(20))


def put_out(content: bytes | None) -> None:
    """Put this checkpoint where the log's is; None takes it away."""
    file = publishing.settings.HUIYIN_LOG / publishing.CHECKPOINT
    if content is None:
        file.unlink()
    else:
        file.write_bytes(content)


def test_a_database_older_than_what_is_published_signs_nothing(now: datetime) -> None:
    add(3, now)
    sequencer.round_now(now)
    with transaction.atomic():
        add(300, now)
        sequencer.round_now(now)
        newer = publishing.current()
        transaction.set_rollback(True)  # an old copy of the database, a newer log
    add(2, now)
    for _ in range(2):
        with pytest.raises(sequencer.Forked, match="303 entries, the database holds 3"):
            sequencer.round_now(now)
        assert publishing.current() == newer
    assert Entry.objects.filter(seq=None).count() == 2


@pytest.mark.parametrize("more", [0, 2])
def test_another_history_of_the_same_size_or_below_is_not_signed_over(
    now: datetime, more: int
) -> None:
    add(3, now)
    with transaction.atomic():
        sequencer.round_now(now)
        theirs = publishing.current()
        transaction.set_rollback(True)
    Entry.objects.all()._raw_delete("default")  # type: ignore[attr-defined]
    add(3 + more, now)
    with sequencer.alone():
        sequencer.integrate(now)
    with pytest.raises(sequencer.Forked, match="another history"):
        sequencer.round_now(now)
    assert publishing.current() == theirs


def test_a_log_whose_folder_is_gone_is_not_begun_anew_but_at_a_persons_word(now: datetime) -> None:
    add(300, now)
    sequencer.round_now(now)
    before = publishing.current()
    shutil.rmtree(publishing.settings.HUIYIN_LOG)
    add(1, now)
    with pytest.raises(sequencer.Forked, match="is missing"):
        sequencer.round_now(now)
    assert publishing.current() is None
    assert sequencer.rebuild(now) == 301
    assert publishing.current() != before
    with pytest.raises(sequencer.Forked, match="not lost"):
        sequencer.rebuild(now)


@pytest.mark.parametrize("torn", [False, True])
def test_a_checkpoint_that_a_power_loss_left_older_or_empty_is_brought_up_to_the_database(
    now: datetime, torn: bool
) -> None:
    add(3, now)
    sequencer.round_now(now)
    older = publishing.current()
    add(300, now)
    sequencer.round_now(now)
    newest = publishing.current()
    put_out(b"" if torn else older)
    sequencer.round_now(now)
    assert publishing.current() == newest


def test_a_slow_sequencer_writes_nothing_older_over_something_newer(now: datetime) -> None:
    add(3, now)
    sequencer.round_now(now)
    older = Note.parse((publishing.current() or b"").decode())
    add(3, now)
    sequencer.round_now(now)
    newest = publishing.current()
    assert not publishing.announce(older)
    assert publishing.current() == newest


LOST = {
    "a full tile": [path(0, 1)],
    "a full tile and the one above": [path(0, 1), path(1, 0, 3)],
    "an entry bundle": [path("entries", 0)],
    "the unfinished ones": [path("entries", 3, 32), path(0, 3, 32)],
    "all": [],
}


@pytest.mark.parametrize("lost", LOST)
@pytest.mark.parametrize("grows", [True, False])
def test_tiles_that_were_deleted_are_made_again_the_same(
    now: datetime, lost: str, grows: bool
) -> None:
    add(800, now)
    sequencer.round_now(now)
    root_dir = publishing.settings.HUIYIN_LOG / "tile"
    before = {file: file.read_bytes() for file in root_dir.rglob("*") if file.is_file()}
    for file in before:
        if not LOST[lost] or str(file.relative_to(root_dir.parent)) in LOST[lost]:
            file.unlink()
    if grows:
        add(300, now)
        sequencer.round_now(now)
    assert sequencer.look_after(now) > 0 or grows
    assert sequencer.look_after(now) == 0
    for file, content in before.items():
        if grows and file.parent.suffix == ".p" and not file.parent.with_suffix("").exists():
            continue  # of an earlier size: only what the log has now is made again
        assert publishing.read(str(file.relative_to(root_dir.parent))) == content


def test_partial_tiles_go_once_the_full_one_is_there_and_can_still_be_read(now: datetime) -> None:
    kept = {}
    for count in (100, 100, 100):
        add(count, now)
        sequencer.round_now(now)
        size = Log.objects.get().size
        for name in (path(0, size // 256, size % 256), path("entries", size // 256, size % 256)):
            kept[name] = publishing.read(name)
    assert publishing.prune() == 0  # readers of an earlier checkpoint may be under way
    assert publishing.prune(older_than=-60) == 4
    assert publishing.prune(older_than=-60) == 0
    for name, content in kept.items():
        assert publishing.read(name) == content
    with pytest.raises(FileNotFoundError):
        publishing.read(path(0, 1, 200))
