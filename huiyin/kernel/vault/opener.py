"""Open one sealed identity in a process that lives for that alone: python -m huiyin.kernel.vault.opener

The serving process never holds the private identity key. It starts this one, with the key's path in
HUIYIN_IDENTITY_KEY, and writes one JSON object to its standard input: `wrapped` and `sealed` (base64)
and `subject`. On success the identity is printed as a JSON object of strings and the exit code is 0;
2 means that the key is missing or damaged, 3 that the seal is broken; the reason is on standard error.
"""

import base64
import ctypes
import json
import os
import resource
import sys
from collections.abc import Mapping
from pathlib import Path

from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PrivateKey, X25519PublicKey

from huiyin.kernel.vault import envelope
from huiyin.kernel.vault.keyring import KeyringError, read_private

KEY_VARIABLE = "HUIYIN_IDENTITY_KEY"
NO_KEY, BROKEN = 2, 3
_PAD = 256
_PR_SET_DUMPABLE = 4


def close(
    public: X25519PublicKey, subject: str, identity: Mapping[str, str]
) -> tuple[bytes, bytes]:
    """Return the data key sealed to `public`, and the identity sealed under it.

    The text is padded to a multiple of 256 bytes, so that its length gives no name away.
    """
    text = json.dumps(dict(identity), ensure_ascii=False, sort_keys=True).encode()
    text += b" " * (-len(text) % _PAD)
    key = envelope.new_key()
    return (
        envelope.seal_to(public, key, _context("key", subject)),
        envelope.seal(key, text, _context("text", subject)),
    )


def disclose(
    private: X25519PrivateKey, subject: str, wrapped: bytes, sealed: bytes
) -> dict[str, str]:
    """Return the identity that `close` was given; raise SealBroken."""
    key = envelope.unseal_with(private, wrapped, _context("key", subject))
    identity: dict[str, str] = json.loads(envelope.unseal(key, sealed, _context("text", subject)))
    return identity


def _context(part: str, subject: str) -> bytes:
    return f"huiyin identity {part}\x00{subject}".encode()


def _forbid_dumps() -> None:
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    if sys.platform == "linux":
        ctypes.CDLL(None).prctl(_PR_SET_DUMPABLE, 0, 0, 0, 0)


def main() -> int:
    """Serve one request on standard input; return the exit code."""
    _forbid_dumps()
    request = json.load(sys.stdin)
    try:
        identity = disclose(
            read_private(Path(os.environ[KEY_VARIABLE])),
            request["subject"],
            base64.b64decode(request["wrapped"]),
            base64.b64decode(request["sealed"]),
        )
    except KeyringError as error:
        print(error, file=sys.stderr)
        return NO_KEY
    except envelope.SealBroken as error:
        print(error, file=sys.stderr)
        return BROKEN
    json.dump(identity, sys.stdout)
    return 0


if __name__ == "__main__":
    sys.exit(main())
