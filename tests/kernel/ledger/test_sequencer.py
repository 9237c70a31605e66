"""The log grows in order, in public files, and a kill at any instant loses nothing."""

from collections.abc import Callable
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest

from huiyin.kernel.ledger import actions, publishing, sequencer, signing
from huiyin.kernel.ledger.models import Entry, Log
from huiyin.kernel.ledger.notes import open_checkpoint
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
    rows = Entry.objects.exclude(seq=None).order_by("seq").values_list("leaf", flat=True)
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
