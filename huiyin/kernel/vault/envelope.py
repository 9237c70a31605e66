"""Envelope encryption: what is sealed, under which key, bound to which context.

Symmetric: AES-256-GCM (NIST SP 800-38D) with a random 96-bit nonce; the layout is one version byte,
the nonce (12 bytes), the ciphertext and its tag (16 bytes). The context is authenticated but not
stored, so that a value moved to another row, or to another column, no longer opens.
A key-encrypting key with random nonces may wrap up to 2**32 keys (SP 800-38D, 8.3): rotate before.

Asymmetric: HPKE in base mode (RFC 9180), DHKEM(X25519, HKDF-SHA256), HKDF-SHA256, AES-256-GCM; the
layout is one version byte and HPKE's `enc || ciphertext`. The context goes into `info`, as RFC 9180
section 8.1 advises for single-shot use. Whoever holds the public key can seal and never open.
"""

import secrets

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PrivateKey, X25519PublicKey
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.hpke import AEAD, KDF, KEM, Suite
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

KEY_BYTES = 32
NONCE_BYTES = 12
_SEALED = b"\x01"
_SEALED_TO = b"\x11"
_SUITE = Suite(KEM.X25519, KDF.HKDF_SHA256, AEAD.AES_256_GCM)


class SealBroken(ValueError):
    """The sealed bytes were changed, belong to another context, or to another key."""


def new_key() -> bytes:
    """Return 32 random bytes from the operating system."""
    return secrets.token_bytes(KEY_BYTES)


def derive(key: bytes, info: bytes, length: int = KEY_BYTES) -> bytes:
    """Return `length` bytes derived from `key` for the purpose `info` (HKDF-SHA256, RFC 5869).

    What is derived can't be had again once `key` is destroyed.
    """
    return HKDF(algorithm=SHA256(), length=length, salt=None, info=info).derive(key)


def seal(key: bytes, plaintext: bytes, context: bytes) -> bytes:
    """Return `plaintext` sealed under the 32-byte `key`, 29 bytes longer."""
    nonce = secrets.token_bytes(NONCE_BYTES)
    return _SEALED + nonce + AESGCM(_checked(key)).encrypt(nonce, plaintext, _SEALED + context)


def unseal(key: bytes, sealed: bytes | memoryview, context: bytes) -> bytes:
    """Return what `seal` was given; raise SealBroken."""
    sealed = bytes(sealed)
    if sealed[:1] != _SEALED or len(sealed) < 1 + NONCE_BYTES + 16:
        raise SealBroken("not a sealed value of a known version")
    nonce, body = sealed[1 : 1 + NONCE_BYTES], sealed[1 + NONCE_BYTES :]
    try:
        return AESGCM(_checked(key)).decrypt(nonce, body, _SEALED + context)
    except InvalidTag as error:
        raise SealBroken("changed, or sealed under another key or for another context") from error


def wrap(kek: bytes, key: bytes, context: bytes) -> bytes:
    """Return the data key `key` sealed under the key-encrypting key `kek`: 61 bytes."""
    return seal(kek, _checked(key), b"huiyin key\x00" + context)


def unwrap(kek: bytes, wrapped: bytes | memoryview, context: bytes) -> bytes:
    """Return the data key; raise SealBroken."""
    return unseal(kek, wrapped, b"huiyin key\x00" + context)


def seal_to(public: X25519PublicKey, plaintext: bytes, context: bytes) -> bytes:
    """Return `plaintext` sealed to whoever holds the private half, 49 bytes longer."""
    return _SEALED_TO + _SUITE.encrypt(plaintext, public, info=_SEALED_TO + context)


def unseal_with(private: X25519PrivateKey, sealed: bytes | memoryview, context: bytes) -> bytes:
    """Return what `seal_to` was given; raise SealBroken."""
    sealed = bytes(sealed)
    if sealed[:1] != _SEALED_TO:
        raise SealBroken("not a value sealed to a public key of a known version")
    try:
        return _SUITE.decrypt(sealed[1:], private, info=_SEALED_TO + context)
    except (InvalidTag, ValueError) as error:
        raise SealBroken("changed, or sealed to another key or for another context") from error


def _checked(key: bytes) -> bytes:
    if len(key) != KEY_BYTES:
        raise ValueError(f"a key has {KEY_BYTES} bytes, not {len(key)}")
    return key
