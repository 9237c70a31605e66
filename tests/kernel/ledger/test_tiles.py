"""Tiles as C2SP tlog-tiles lays them out, built here from the definition, read by the service."""

from itertools import count

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from huiyin.kernel.ledger.tiles import (
    TileError,
    Tiles,
    bundle,
    number,
    parse,
    path,
    unbundle,
    widths,
)
from huiyin.kernel.ledger.tree import (
    ProofError,
    consistency_proof,
    inclusion_proof,
    verify_consistency,
    verify_inclusion,
)
from tests.kernel.ledger import reference
from tests.kernel.ledger.reference import mth

EDGES = [1, 2, 255, 256, 257, 511, 512, 513, 1000]


def laid_out(size: int) -> dict[str, bytes]:
    """Return the tiles that a log of this size must serve: tile n of level l holds
    MTH(D[(n*256+i) * 256**l : (n*256+i+1) * 256**l]) for i from 0 on."""
    found: dict[str, bytes] = {}
    for level in count():
        hashes, each = size // 256**level, 256**level
        if not hashes:
            return found
        for n in range(-(-hashes // 256)):
            row = range(n * 256, min(hashes, (n + 1) * 256))
            name = f"tile/{level}/{n:03}" + (f".p/{len(row)}" if len(row) < 256 else "")
            found[name] = b"".join(mth(i * each, (i + 1) * each) for i in row)
    raise AssertionError


@pytest.mark.parametrize(
    ("n", "text"),
    [(0, "000"), (7, "007"), (999, "999"), (1000, "x001/000"), (1234067, "x001/x234/067")],
)
def test_a_number_is_spelled_in_threes(n: int, text: str) -> None:
    assert number(n) == text
    assert parse(f"tile/entries/{text}.p/9") == ("entries", n, 9)


def test_the_tiles_of_the_specification_s_two_examples() -> None:
    assert list(widths(70_000)) == [(0, 273, 112), (1, 1, 17), (2, 0, 1)]
    assert list(widths(256)) == [(0, 0, 256), (1, 0, 1)]
    assert list(widths(0)) == []


@given(
    st.one_of(st.just("entries"), st.integers(0, 63)),
    st.integers(0, 10**21 - 1),
    st.integers(1, 256),
)
def test_a_path_reads_back_as_what_it_names(level: int | str, n: int, width: int) -> None:
    assert parse(path(level, n, width)) == (level, n, width)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "checkpoint",
        "tile/0",
        "tile/0/",
        "tile/0/00",
        "tile/0/0000",
        "tile/00/000",
        "tile/01/000",
        "tile/64/000",
        "tile/-1/000",
        "tile/0/x000/001",
        "tile/0/001/002",
        "tile/0/x001",
        "tile/0/x001/x002",
        "tile/0/X001/002",
        "tile/0/000.p/0",
        "tile/0/000.p/01",
        "tile/0/000.p/256",
        "tile/0/000.p/999",
        "tile/0/000.p/",
        "tile/0/000.p",
        "tile/0/000/",
        "tile/0/000\n",
        "tile/0/٠٠٠",
        "tile/0/../../keys/log.key",
        "tile/entries/../0/000",
        "tile/Entries/000",
        "/tile/0/000",
        "tile/0/" + "x001/" * 7 + "000",
    ],
)
def test_any_other_spelling_is_no_path(text: str) -> None:
    with pytest.raises(TileError, match="not the path"):
        parse(text)


@pytest.mark.parametrize("size", EDGES)
def test_every_subtree_is_read_from_the_tiles_that_must_be_served(size: int) -> None:
    tiles = Tiles(size, laid_out(size).__getitem__)
    for level in range(size.bit_length()):
        for index in range(size >> level):
            assert tiles.subtree(level, index) == reference.subtree(level, index)


def test_three_levels_of_tiles_are_read() -> None:
    size = 70_000
    tiles = Tiles(size, laid_out(size).__getitem__)
    for index in (0, 65_535, 65_536, 69_887, 69_888, 69_999):
        proof = inclusion_proof(index, size, tiles.subtree)
        assert proof == list(reference.path(index, 0, size))
        verify_inclusion(mth(index, index + 1), index, size, proof, mth(0, size))
    for old in (1, 255, 256, 65_535, 65_536, 65_537, 69_999):
        proof = consistency_proof(old, size, tiles.subtree)
        assert proof == list(reference.proof(old, size))
        verify_consistency(old, size, proof, mth(0, old), mth(0, size))


@settings(max_examples=40, deadline=None)
@given(st.integers(1, 2000).flatmap(lambda n: st.tuples(st.integers(0, n - 1), st.just(n))))
def test_a_proof_out_of_tiles_holds_at_any_size(place: tuple[int, int]) -> None:
    index, size = place
    proof = inclusion_proof(index, size, Tiles(size, laid_out(size).__getitem__).subtree)
    verify_inclusion(mth(index, index + 1), index, size, proof, mth(0, size))


@pytest.mark.parametrize(("level", "index"), [(0, 300), (8, 1), (9, 0), (0, -1), (8, -1)])
def test_a_subtree_outside_the_tree_is_not_made_up(level: int, index: int) -> None:
    with pytest.raises(TileError, match="no subtree"):
        Tiles(300, laid_out(300).__getitem__).subtree(level, index)


@pytest.mark.parametrize("change", [b"", b"\x00", b"\x00" * 32])
def test_a_tile_of_another_length_is_refused(change: bytes) -> None:
    files = laid_out(300)
    name = "tile/0/001.p/44"
    files[name] = files[name] + change if change else files[name][:-1]
    with pytest.raises(TileError, match=name):
        Tiles(300, files.__getitem__).subtree(0, 299)


def test_a_tile_with_one_byte_changed_proves_nothing() -> None:
    whole = laid_out(300)
    for at in range(0, 44 * 32, 97):
        changed = bytearray(whole["tile/0/001.p/44"])
        changed[at] ^= 1
        files = {**whole, "tile/0/001.p/44": bytes(changed)}
        other = 256 + (at // 32 + 1) % 44  # any leaf whose path leads past the changed hash
        proof = inclusion_proof(other, 300, Tiles(300, files.__getitem__).subtree)
        with pytest.raises(ProofError, match="another root"):
            verify_inclusion(mth(other, other + 1), other, 300, proof, mth(0, 300))


def test_a_bundle_is_each_entry_behind_its_length() -> None:
    assert bundle([b"ab", b"", b"c" * 258]) == b"\x00\x02ab\x00\x00\x01\x02" + b"c" * 258
    assert bundle([]) == b""
    with pytest.raises(TileError, match="longer than"):
        bundle([b"x" * 65_536])


@given(st.lists(st.binary(max_size=300), max_size=20))
def test_a_bundle_reads_back_as_its_entries(entries: list[bytes]) -> None:
    assert unbundle(bundle(entries)) == entries


@given(st.lists(st.binary(min_size=1, max_size=30), min_size=1, max_size=5), st.data())
def test_a_bundle_cut_inside_an_entry_is_refused(entries: list[bytes], data: st.DataObject) -> None:
    whole = bundle(entries)
    cut = data.draw(st.integers(len(bundle(entries[:-1])) + 1, len(whole) - 1))
    with pytest.raises(TileError, match="in the middle"):
        unbundle(whole[:cut])
