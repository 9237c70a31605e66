"""Secrets of second factors are sealed (allauth's MFA_ADAPTER)."""

import base64

from allauth.mfa.adapter import DefaultMFAAdapter

from huiyin.kernel.vault.fields import seal_text, unseal_text

_PURPOSE = "second factor"


class SealedFactors(DefaultMFAAdapter):  # type: ignore[misc]
    """Seals the secret of one-time passwords and the seed of recovery codes."""

    def encrypt(self, text: str) -> str:
        """Return the secret as it is stored."""
        return base64.b64encode(seal_text(text, _PURPOSE)).decode()

    def decrypt(self, encrypted_text: str) -> str:
        """Return the secret; raise SealBroken."""
        return unseal_text(base64.b64decode(encrypted_text), _PURPOSE)
