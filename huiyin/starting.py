"""What must be so before pages are served or a round is taken."""

from huiyin.commands import Refused, tables
from huiyin.kernel.vault import belonging
from huiyin.kernel.vault.keyring import KeyringError


def check() -> None:
    """Raise Refused, with one sentence, where tables, folder or keys are not those of the service."""
    tables.require_current()
    try:
        belonging.check_home()
        belonging.check_ring()
    except (belonging.WrongHome, KeyringError) as error:
        raise Refused(str(error)) from error
