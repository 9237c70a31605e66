import pytest
from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PrivateKey
from hypothesis import given
from hypothesis import strategies as st

from huiyin.kernel.vault import envelope
from huiyin.kernel.vault.envelope import SealBroken

KEY = bytes(range(32))
PRIVATE = X25519PrivateKey.from_private_bytes(bytes(range(1, 33)))
PUBLIC = PRIVATE.public_key()


@given(st.binary(max_size=400), st.binary(max_size=60))
def test_what_is_sealed_comes_back(plaintext: bytes, context: bytes) -> None:
    assert envelope.unseal(KEY, envelope.seal(KEY, plaintext, context), context) == plaintext
    sealed = envelope.seal_to(PUBLIC, plaintext, context)
    assert envelope.unseal_with(PRIVATE, sealed, context) == plaintext


@pytest.mark.parametrize("bit", range(8))
def test_every_changed_byte_is_refused(bit: int) -> None:
    sealed = envelope.seal(KEY, b"plaintext", b"context")
    sealed_to = envelope.seal_to(PUBLIC, b"plaintext", b"context")
    for place in range(len(sealed)):
        changed = bytearray(sealed)
        changed[place] ^= 1 << bit
        with pytest.raises(SealBroken):
            envelope.unseal(KEY, bytes(changed), b"context")
    for place in range(len(sealed_to)):
        # X25519 masks the top bit of the public value (RFC 7748, section 5), but HPKE binds all of it.
        changed = bytearray(sealed_to)
        changed[place] ^= 1 << bit
        with pytest.raises(SealBroken):
            envelope.unseal_with(PRIVATE, bytes(changed), b"context")


def test_every_cut_or_lengthened_value_is_refused() -> None:
    sealed = envelope.seal(KEY, b"plaintext", b"context")
    sealed_to = envelope.seal_to(PUBLIC, b"plaintext", b"context")
    for end in range(len(sealed)):
        with pytest.raises(SealBroken):
            envelope.unseal(KEY, sealed[:end], b"context")
    for end in range(len(sealed_to)):
        with pytest.raises(SealBroken):
            envelope.unseal_with(PRIVATE, sealed_to[:end], b"context")
    with pytest.raises(SealBroken):
        envelope.unseal(KEY, sealed + b"\x00", b"context")
    with pytest.raises(SealBroken):
        envelope.unseal_with(PRIVATE, sealed_to + b"\x00", b"context")


@given(st.binary(max_size=80), st.binary(max_size=80))
def test_arbitrary_bytes_are_refused_and_nothing_else_happens(noise: bytes, context: bytes) -> None:
    with pytest.raises(SealBroken):
        envelope.unseal(KEY, b"\x01" + noise, context)
    with pytest.raises(SealBroken):
        envelope.unseal_with(PRIVATE, b"\x11" + noise, context)


def test_a_value_moved_to_another_context_or_key_is_refused() -> None:
    sealed = envelope.seal(KEY, b"plaintext", b"case:A")
    sealed_to = envelope.seal_to(PUBLIC, b"plaintext", b"case:A")
    with pytest.raises(SealBroken):
        envelope.unseal(KEY, sealed, b"case:B")
    with pytest.raises(SealBroken):
        envelope.unseal(envelope.new_key(), sealed, b"case:A")
    with pytest.raises(SealBroken):
        envelope.unseal_with(PRIVATE, sealed_to, b"case:B")
    with pytest.raises(SealBroken):
        envelope.unseal_with(X25519PrivateKey.generate(), sealed_to, b"case:A")


def test_a_wrapped_key_is_not_a_sealed_text_of_the_same_context() -> None:
    key = envelope.new_key()
    wrapped = envelope.wrap(KEY, key, b"case:A")
    assert envelope.unwrap(KEY, wrapped, b"case:A") == key
    assert len(wrapped) == 61
    with pytest.raises(SealBroken):
        envelope.unseal(KEY, wrapped, b"case:A")
    with pytest.raises(SealBroken):
        envelope.unwrap(KEY, envelope.seal(KEY, key, b"case:A"), b"case:A")


def test_sealing_twice_gives_nothing_to_compare() -> None:
    assert envelope.seal(KEY, b"same", b"c") != envelope.seal(KEY, b"same", b"c")
    assert envelope.seal_to(PUBLIC, b"same", b"c") != envelope.seal_to(PUBLIC, b"same", b"c")


def test_derived_keys_follow_rfc_5869_and_differ_by_purpose() -> None:
    # RFC 5869, appendix A.3: SHA-256 with no salt and no info.
    expected = (
        "8da4e775a563c18f715f802a063c5a31b8a11f5c5ee1879ec3454e5f3c738d2d9d201395faa4b61a96c8"
    )
    assert envelope.derive(b"\x0b" * 22, b"", 42).hex() == expected
    assert envelope.derive(KEY, b"one") != envelope.derive(KEY, b"two")


def test_a_short_key_is_never_used() -> None:
    with pytest.raises(ValueError, match="32 bytes"):
        envelope.seal(b"short", b"text", b"context")
    with pytest.raises(ValueError, match="32 bytes"):
        envelope.wrap(KEY, b"short", b"context")
