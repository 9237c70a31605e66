"""The Merkle tree of RFC 6962, section 2.1: pure functions over 32-byte hashes.

A leaf's hash is SHA-256 of 0x00 and the leaf, a node's SHA-256 of 0x01 and its two children. A
subtree over n leaves splits at the largest power of two below n; an odd node is never doubled.
Verifiers follow RFC 9162, section 2.1, and take sizes from a signed checkpoint only.
"""

import hashlib
from collections.abc import Callable, Sequence

EMPTY = hashlib.sha256(b"").digest()
Subtree = Callable[[int, int], bytes]  # (level, index) -> the hash over 2**level leaves


class ProofError(ValueError):
    """A proof does not show what it claims; the message says where it fails."""


def leaf_hash(leaf: bytes) -> bytes:
    """Return the 32-byte hash of a leaf."""
    return hashlib.sha256(b"\x00" + leaf).digest()


def node_hash(left: bytes, right: bytes) -> bytes:
    """Return the 32-byte hash of a node over two hashes."""
    return hashlib.sha256(b"\x01" + left + right).digest()


class Frontier:
    """The right edge of a growing tree: the roots of its complete subtrees, largest first.

    Appending costs one hash for each completed subtree; `size` and `hashes` (at most 64) are all
    that must be kept to go on.
    """

    def __init__(self, size: int = 0, hashes: Sequence[bytes] = ()) -> None:
        if len(hashes) != size.bit_count() or any(len(one) != 32 for one in hashes):
            raise ValueError(f"a tree of {size} leaves has {size.bit_count()} edge hashes")
        self.size = size
        self.hashes = list(hashes)

    def append(self, hash_: bytes) -> list[tuple[int, int, bytes]]:
        """Add a leaf's hash; return each node that it completes as (level, index, hash)."""
        made = [(0, self.size, hash_)]
        level, index = 0, self.size
        while index & 1:
            hash_ = node_hash(self.hashes.pop(), hash_)
            level, index = level + 1, index >> 1
            made.append((level, index, hash_))
        self.hashes.append(hash_)
        self.size += 1
        return made

    def root(self) -> bytes:
        """Return the root over all leaves."""
        if not self.hashes:
            return EMPTY
        root = self.hashes[-1]
        for left in reversed(self.hashes[:-1]):
            root = node_hash(left, root)
        return root


def root(hashes: Sequence[bytes]) -> bytes:
    """Return the root over leaf hashes."""
    edge = Frontier()
    for one in hashes:
        edge.append(one)
    return edge.root()


def _split(count: int) -> int:
    return 1 << (count - 1).bit_length() - 1


def span(begin: int, end: int, subtree: Subtree) -> bytes:
    """Return the root over the leaves [begin, end), `begin` a multiple of the split sizes."""
    count = end - begin
    if count & (count - 1) == 0 and begin % count == 0:
        return subtree(count.bit_length() - 1, begin // count)
    half = begin + _split(count)
    return node_hash(span(begin, half, subtree), span(half, end, subtree))


def inclusion_proof(index: int, size: int, subtree: Subtree) -> list[bytes]:
    """Return the audit path of leaf `index` in a tree of `size`, lowest first (2.1.1)."""
    if not 0 <= index < size:
        raise ProofError(f"no leaf {index} in a tree of {size}")
    path: list[bytes] = []
    begin, end = 0, size
    while end - begin > 1:
        half = begin + _split(end - begin)
        if index < half:
            path.append(span(half, end, subtree))
            end = half
        else:
            path.append(span(begin, half, subtree))
            begin = half
    return path[::-1]


def consistency_proof(old: int, new: int, subtree: Subtree) -> list[bytes]:
    """Return the proof that the tree of `old` leaves is the start of that of `new` (2.1.2)."""
    if not 0 < old <= new:
        raise ProofError(f"no proof from size {old} to {new}")
    proof: list[bytes] = []
    begin, end, whole = 0, new, True
    while old != end:
        half = begin + _split(end - begin)
        if old <= half:
            proof.append(span(half, end, subtree))
            end = half
        else:
            proof.append(span(begin, half, subtree))
            begin, whole = half, False
    if not whole:
        proof.append(span(begin, end, subtree))
    return proof[::-1]


def verify_inclusion(
    hash_: bytes, index: int, size: int, proof: Sequence[bytes], root_: bytes
) -> None:
    """Raise ProofError unless `proof` shows that leaf `index` of `size` has this hash.

    RFC 9162, section 2.1.3.2. `size` and `root_` come from a checkpoint whose signature was checked.
    """
    if not 0 <= index < size:
        raise ProofError(f"index {index} is not below the size {size}")
    if any(len(one) != 32 for one in (hash_, *proof, root_)):
        raise ProofError("a hash of the proof is not 32 bytes long")
    node, last, at = index, size - 1, hash_
    for one in proof:
        if last == 0:
            raise ProofError("the proof is too long")
        if node & 1 or node == last:
            at = node_hash(one, at)
            while node and not node & 1:
                node, last = node >> 1, last >> 1
        else:
            at = node_hash(at, one)
        node, last = node >> 1, last >> 1
    if last != 0:
        raise ProofError("the proof is too short")
    if at != root_:
        raise ProofError("the proof leads to another root")


def verify_consistency(  # noqa: PLR0912  (the steps of the RFC, in its order)
    old: int, new: int, proof: Sequence[bytes], old_root: bytes, new_root: bytes
) -> None:
    """Raise ProofError unless the tree of `old` leaves is the start of that of `new`.

    RFC 9162, section 2.1.4.2. From size 0 nothing is proven, so it is refused.
    """
    if not 0 < old <= new:
        raise ProofError(f"nothing can be proven from size {old} to {new}")
    if any(len(one) != 32 for one in (old_root, *proof, new_root)):
        raise ProofError("a hash of the proof is not 32 bytes long")
    if old == new:
        if proof:
            raise ProofError("the proof is too long")
        if old_root != new_root:
            raise ProofError("two roots for one size: the log was forked")
        return
    path = [old_root, *proof] if old & (old - 1) == 0 else list(proof)
    if not path:
        raise ProofError("the proof is too short")
    node, last = old - 1, new - 1
    while node & 1:
        node, last = node >> 1, last >> 1
    before = after = path[0]
    for one in path[1:]:
        if last == 0:
            raise ProofError("the proof is too long")
        if node & 1 or node == last:
            before, after = node_hash(one, before), node_hash(one, after)
            while node and not node & 1:
                node, last = node >> 1, last >> 1
        else:
            after = node_hash(after, one)
        node, last = node >> 1, last >> 1
    if last != 0:
        raise ProofError("the proof is too short")
    if before != old_root:
        raise ProofError("the proof does not lead to the old root")
    if after != new_root:
        raise ProofError("the proof does not lead to the new root")
