"""Opening the sealed identity of a letter's writer."""

from datetime import datetime

from django.db import transaction

from huiyin.kernel.given import BadInput
from huiyin.kernel.units.actions import Acting
from huiyin.kernel.vault import actions as vault
from huiyin.parts.cases import rules, sealing
from huiyin.parts.cases.actions._common import by_writer, need, refresh
from huiyin.parts.cases.models import Case
from huiyin.parts.cases.queries import access_case


def open_identity(acting: Acting, locator: str, reason: str, *, now: datetime) -> dict[str, str]:
    """Open the identity for the owner or reviewer; the writer sees who did, when and why.

    Raises BadInput for a thin reason or an anonymous letter. The vault records the opening before
    anything is returned; it starts a process of its own, so no transaction is held here meanwhile.
    """
    case, relations = access_case(acting, locator, now)
    rules.check("open_identity", case.stage, relations)
    try:
        return vault.open_identity(
            case.ref,
            acting,
            need("reason", reason, least=10),
            now=now,
            salt_key=sealing.text_key(case),
        )
    except (vault.NoIdentity, vault.IdentityErased) as error:
        raise BadInput("reason", "anonymous") from error
    except vault.ReasonTooThin as error:
        raise BadInput("reason", "too_short") from error


@transaction.atomic
def replace_identity(locator: str, identity: dict[str, str], *, now: datetime) -> None:
    """Let the writer correct or add contact details; an anonymous writer may become named."""
    case = by_writer(locator, "write_in")
    if case.code_shared:
        raise rules.CodeShared("write_in", case.stage)
    given = {
        key: need(key, value, least=1, most=300) for key, value in identity.items() if value.strip()
    }
    if unknown := {
        key for key in given if key not in vault.FIELDS and not vault.REPRESENTATIVE.fullmatch(key)
    }:
        raise BadInput(min(unknown), "unknown")
    if "name" not in given:
        raise BadInput("name", "missing")
    if case.naming == Case.Naming.ANONYMOUS:
        vault.add_identity(case.ref, given, now=now, salt_key=sealing.text_key(case))
        case.naming = Case.Naming.NAMED
    else:
        vault.replace_identity(case.ref, given, now=now, salt_key=sealing.text_key(case))
    refresh(case)
