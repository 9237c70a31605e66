"""The tree against a plain recursive reference: every size up to 64, chosen ones beyond."""

import hashlib

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pymerkle import InmemoryTree

from huiyin.kernel.ledger.tree import (
    EMPTY,
    Frontier,
    ProofError,
    consistency_proof,
    inclusion_proof,
    leaf_hash,
    node_hash,
    root,
    verify_consistency,
    verify_inclusion,
)
from tests.kernel.ledger.reference import leaf, mth, path, proof, subtree

SIZES = range(1, 65)
PLACES = [(index, size) for size in SIZES for index in range(size)]
STEPS = [(old, new) for new in SIZES for old in range(1, new + 1)]
FAR = 6000


def refused(
    index: int, size: int, offered: list[bytes], root_: bytes, at: int | None = None
) -> bool:
    """Whether the proof is refused for the leaf `at`, which is `index` if not given."""
    try:
        verify_inclusion(mth(0, 0) if at is None else mth(at, at + 1), index, size, offered, root_)
    except ProofError:
        return True
    return False


def unproven(old: int, new: int, offered: list[bytes], roots: tuple[bytes, bytes]) -> bool:
    try:
        verify_consistency(old, new, offered, *roots)
    except ProofError:
        return True
    return False


def damaged(whole: list[bytes]) -> list[list[bytes]]:
    """Return the proof one hash short, one too long, with a bit turned, and out of order."""
    found = [whole[:n] + whole[n + 1 :] for n in range(len(whole))]
    found += [[*whole[:n], one, *whole[n:]] for n, one in enumerate(whole)]
    found += [[*whole, EMPTY], [EMPTY, *whole]]
    for n, one in enumerate(whole):
        found.append([*whole[:n], bytes([one[0] ^ 1]) + one[1:], *whole[n + 1 :]])
    for n in range(len(whole) - 1):
        found.append([*whole[:n], whole[n + 1], whole[n], *whole[n + 2 :]])
    if len(whole) > 1:
        found.append(whole[::-1])
    return found


def test_the_hashes_are_those_of_the_rfc() -> None:
    assert EMPTY.hex() == "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"
    assert leaf_hash(b"").hex() == (
        "6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d"
    )
    left, right = leaf_hash(b"a"), leaf_hash(b"b")
    assert node_hash(left, right) == hashlib.sha256(b"\x01" + left + right).digest()
    assert leaf_hash(left + right) != node_hash(left, right)


def test_an_odd_node_is_not_doubled() -> None:
    three = [mth(n, n + 1) for n in range(3)]
    assert root(three) == node_hash(node_hash(three[0], three[1]), three[2])
    assert root(three) != root([*three, three[2]])


def test_every_root_is_that_of_the_reference_and_of_another_library() -> None:
    edge, other = Frontier(), InmemoryTree(algorithm="sha256")
    assert edge.root() == EMPTY == mth(0, 0)
    for size in SIZES:
        edge.append(mth(size - 1, size))
        other.append_entry(leaf(size - 1))
        assert edge.size == size
        assert edge.root() == mth(0, size) == other.get_root(size)
        assert root([mth(n, n + 1) for n in range(size)]) == mth(0, size)


def test_appending_gives_each_completed_node_once() -> None:
    edge, made = Frontier(), []
    for index in range(64):
        made += edge.append(mth(index, index + 1))
    assert len({(level, index) for level, index, _ in made}) == len(made) == 127
    assert all(hash_ == subtree(level, index) for level, index, hash_ in made)


def test_a_kept_edge_goes_on_as_if_never_stopped() -> None:
    for size in SIZES:
        edge = Frontier()
        for index in range(size):
            edge.append(mth(index, index + 1))
        again = Frontier(edge.size, edge.hashes)
        again.append(mth(size, size + 1))
        assert again.root() == mth(0, size + 1)


@pytest.mark.parametrize(("size", "hashes"), [(3, [EMPTY]), (0, [EMPTY]), (1, [b"short"])])
def test_an_edge_that_is_not_one_is_refused(size: int, hashes: list[bytes]) -> None:
    with pytest.raises(ValueError, match="edge hashes"):
        Frontier(size, hashes)


def test_every_path_is_that_of_the_reference_and_of_another_library_and_holds() -> None:
    other = InmemoryTree(algorithm="sha256")
    other.append_entries([leaf(index) for index in range(64)])
    for index, size in PLACES:
        found = inclusion_proof(index, size, subtree)
        assert found == list(path(index, 0, size))
        assert found == other.prove_inclusion(index + 1, size).path[1:]
        verify_inclusion(mth(index, index + 1), index, size, found, mth(0, size))


def test_every_consistency_proof_is_that_of_the_reference_and_holds() -> None:
    for old, new in STEPS:
        found = consistency_proof(old, new, subtree)
        assert found == list(proof(old, new))
        verify_consistency(old, new, found, mth(0, old), mth(0, new))


def test_no_path_holds_for_another_leaf_another_place_or_another_root() -> None:
    for index, size in PLACES:
        found = list(path(index, 0, size))
        for other in {0, index - 1, index ^ 1, index + 1, size - 1} - {index}:
            if 0 <= other < size:
                assert refused(index, size, found, mth(0, size), at=other)
                assert refused(other, size, found, mth(0, size), at=index)
        assert refused(index, size, found, mth(0, size + 1), at=index)


def test_a_path_too_short_too_long_changed_or_out_of_order_is_refused() -> None:
    for index, size in PLACES:
        for wrong in damaged(list(path(index, 0, size))):
            assert refused(index, size, wrong, mth(0, size), at=index)


def test_a_consistency_proof_too_short_too_long_changed_or_out_of_order_is_refused() -> None:
    for old, new in STEPS:
        for wrong in damaged(list(proof(old, new))):
            assert unproven(old, new, wrong, (mth(0, old), mth(0, new)))


def test_no_consistency_proof_holds_for_a_root_of_another_history() -> None:
    forged = hashlib.sha256(b"another history").digest()
    for old, new in STEPS:
        found = list(proof(old, new))
        assert unproven(old, new, found, (forged, mth(0, new)))
        assert unproven(old, new, found, (mth(0, old), forged))


def test_leaf_0_with_an_empty_path_is_the_tree_of_one_leaf_and_no_other() -> None:
    verify_inclusion(mth(0, 1), 0, 1, [], mth(0, 1))
    for size in range(2, 65):
        assert refused(0, size, [], mth(0, size), at=0)
        assert refused(0, size, [], mth(0, 1), at=0)  # as if the leaf were the root of all
    assert refused(0, 1, [], mth(1, 2), at=0)


@pytest.mark.parametrize(("index", "size"), [(5, 5), (6, 5), (0, 0), (-1, 5), (2**64, 5), (0, -1)])
def test_an_index_at_or_past_the_size_is_refused(index: int, size: int) -> None:
    offered = list(path(4, 0, 5))
    with pytest.raises(ProofError, match="is not below the size"):
        verify_inclusion(mth(4, 5), index, size, offered, mth(0, 5))
    with pytest.raises(ProofError, match="no leaf"):
        inclusion_proof(index, size, subtree)


@pytest.mark.parametrize(("old", "new"), [(0, 5), (0, 0), (-1, 5), (6, 5)])
def test_consistency_from_nothing_or_backwards_proves_nothing(old: int, new: int) -> None:
    for offered in ([], [mth(0, 5)], list(proof(3, 5))):
        with pytest.raises(ProofError, match="nothing can be proven"):
            verify_consistency(old, new, offered, EMPTY, mth(0, 5))
    with pytest.raises(ProofError, match="no proof from size"):
        consistency_proof(old, new, subtree)


def test_two_roots_of_one_size_are_named_a_fork() -> None:
    verify_consistency(7, 7, [], mth(0, 7), mth(0, 7))
    with pytest.raises(ProofError, match="forked"):
        verify_consistency(7, 7, [], mth(0, 7), mth(1, 8))
    with pytest.raises(ProofError, match="too long"):
        verify_consistency(7, 7, [mth(0, 7)], mth(0, 7), mth(0, 7))


@pytest.mark.parametrize("length", [0, 31, 33, 64])
def test_a_hash_of_another_length_is_refused_wherever_it_stands(length: int) -> None:
    wrong = b"\x01" * length
    offered = list(path(2, 0, 7))
    for n in range(len(offered)):
        with pytest.raises(ProofError, match="32 bytes"):
            verify_inclusion(mth(2, 3), 2, 7, [*offered[:n], wrong, *offered[n + 1 :]], mth(0, 7))
    with pytest.raises(ProofError, match="32 bytes"):
        verify_inclusion(wrong, 2, 7, offered, mth(0, 7))
    with pytest.raises(ProofError, match="32 bytes"):
        verify_inclusion(wrong, 0, 1, [], wrong)
    offered = list(proof(3, 7))
    for n in range(len(offered)):
        with pytest.raises(ProofError, match="32 bytes"):
            verify_consistency(3, 7, [*offered[:n], wrong, *offered[n + 1 :]], mth(0, 3), mth(0, 7))
    with pytest.raises(ProofError, match="32 bytes"):
        verify_consistency(7, 7, [], wrong, wrong)


def test_a_node_can_not_pass_for_an_entry() -> None:
    inner = mth(0, 2) + mth(2, 4)  # what the node over four leaves is hashed from
    with pytest.raises(ProofError, match="another root"):
        verify_inclusion(leaf_hash(inner), 0, 1, [], mth(0, 4))


def test_a_path_alone_does_not_fix_the_size() -> None:
    """Why the size must come from the signed checkpoint: see test_notes for who refuses this."""
    offered = list(path(0, 0, 3))
    verify_inclusion(mth(0, 1), 0, 4, offered, mth(0, 3))  # the arithmetic can't tell 3 from 4
    assert refused(0, 4, offered, mth(0, 4), at=0)


@settings(max_examples=60, deadline=None)
@given(st.integers(65, FAR).flatmap(lambda n: st.tuples(st.integers(0, n - 1), st.just(n))))
def test_a_path_of_a_larger_tree_holds_and_its_damage_does_not(place: tuple[int, int]) -> None:
    index, size = place
    found = inclusion_proof(index, size, subtree)
    assert found == list(path(index, 0, size))
    verify_inclusion(mth(index, index + 1), index, size, found, mth(0, size))
    assert all(refused(index, size, wrong, mth(0, size), at=index) for wrong in damaged(found))


@settings(max_examples=60, deadline=None)
@given(st.integers(65, FAR).flatmap(lambda n: st.tuples(st.integers(1, n), st.just(n))))
def test_a_larger_tree_is_shown_to_have_only_grown(step: tuple[int, int]) -> None:
    old, new = step
    found = consistency_proof(old, new, subtree)
    assert found == list(proof(old, new))
    roots = mth(0, old), mth(0, new)
    verify_consistency(old, new, found, *roots)
    assert all(unproven(old, new, wrong, roots) for wrong in damaged(found))


@settings(max_examples=60, deadline=None)
@given(st.lists(st.binary(max_size=40), max_size=40))
def test_any_entries_have_the_root_that_another_library_finds(entries: list[bytes]) -> None:
    other = InmemoryTree(algorithm="sha256")
    for one in entries:
        other.append_entry(one)
    assert root([leaf_hash(one) for one in entries]) == other.get_root()
