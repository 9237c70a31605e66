"""What a witness decides, by the letter of C2SP tlog-witness."""

import dataclasses

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from huiyin.kernel.ledger.notes import Checkpoint, Note, Verifier, sign
from huiyin.kernel.ledger.tree import consistency_proof, leaf_hash, root, span
from huiyin.kernel.ledger.witnessing import SIZE_TYPE, Request, RequestError, decide

PRIVATE = Ed25519PrivateKey.from_private_bytes(bytes(range(32)))
KEY = Verifier("example.org/log", PRIVATE.public_key().public_bytes_raw())
LEAVES = [leaf_hash(bytes([n])) for n in range(40)]
FORKED = [*LEAVES[:5], leaf_hash(b"other"), *LEAVES[6:]]


def point(size: int, leaves: list[bytes] = LEAVES) -> Checkpoint:
    return Checkpoint(KEY.name, size, root(leaves[:size]))


def asked(old: int, size: int, leaves: list[bytes] = LEAVES) -> Request:
    text = point(size, leaves).text()
    proof: list[bytes] = []
    if 0 < old < size:

        def subtree(level: int, index: int) -> bytes:
            return root(leaves[index << level : (index + 1) << level])

        assert span(0, size, subtree) == root(leaves[:size])
        proof = consistency_proof(old, size, subtree)
    return Request(old, tuple(proof), str(Note(text, (sign(text, KEY.name, PRIVATE),))))


def test_a_request_is_read_as_it_was_written() -> None:
    request = asked(7, 30)
    assert Request.parse(str(request).encode()) == request
    assert str(request).startswith("old 7\n")
    assert str(request).endswith(f"\n\n{request.note}")


@pytest.mark.parametrize("old", [0, 1, 7, 16, 33])
@pytest.mark.parametrize("size", [1, 8, 33, 40])
def test_a_log_that_has_only_grown_is_cosigned(old: int, size: int) -> None:
    if old <= size:
        seen = point(old) if old else None
        found = decide(seen, asked(old, size), [KEY])
        assert (found.status, found.accepted) == (200, point(size))


@pytest.mark.parametrize(
    ("seen", "request_", "status"),
    [
        (None, asked(3, 9), 409),
        (point(9), asked(0, 9), 409),
        (point(9), asked(4, 6), 409),
        (point(9), asked(12, 9), 400),
        (point(9), asked(9, 9, FORKED), 409),
        (point(9), asked(9, 20, FORKED), 422),
        (point(9), dataclasses.replace(asked(9, 20), proof=()), 422),
        (point(9), dataclasses.replace(asked(9, 9), proof=(bytes(32),)), 422),
        (None, dataclasses.replace(asked(0, 9), proof=(bytes(32),)), 422),
        (None, asked(0, 0, LEAVES), 200),
    ],
)
def test_anything_but_growth_is_refused(
    seen: Checkpoint | None, request_: Request, status: int
) -> None:
    found = decide(seen, request_, [KEY])
    assert found.status == status
    assert (found.accepted is not None) == (status == 200)


def test_a_wrong_old_size_is_answered_with_the_right_one() -> None:
    found = decide(point(9), asked(4, 20), [KEY])
    assert (found.status, found.type, found.body) == (409, SIZE_TYPE, "9\n")


def test_a_strange_log_and_a_strange_key_are_told_apart() -> None:
    other = Ed25519PrivateKey.generate().public_key().public_bytes_raw()
    assert decide(None, asked(0, 5), []).status == 404
    assert decide(None, asked(0, 5), [Verifier(KEY.name, other)]).status == 403
    assert decide(None, asked(0, 5), [Verifier(KEY.name, other), KEY]).status == 200


def test_a_root_that_the_signature_does_not_cover_is_refused() -> None:
    request = asked(0, 5)
    note = Note.parse(request.note)
    moved = str(Note(point(6).text(), note.signatures))
    assert decide(None, dataclasses.replace(request, note=moved), [KEY]).status == 403


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"old 01\n\n",
        b"old -1\n\nx",
        b"new 3\n\nx",
        b"3\n\nx",
        b"old 3\nAAAA\n\nx",
        b"old 3\n!\n\nx",
        b"old 3\n" + b"A" * 43 + b"=\n" * 1 + (b"A" * 43 + b"=\n") * 63 + b"\nx",
        b"\xff",
    ],
)
def test_what_is_no_request_is_refused(body: bytes) -> None:
    with pytest.raises(RequestError):
        Request.parse(body)


def test_what_is_no_checkpoint_is_refused() -> None:
    with pytest.raises(RequestError):
        decide(None, Request(0, (), "nothing\n\nmore\n"), [KEY])
