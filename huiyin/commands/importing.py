"""`huiyin import`: letters out of a spreadsheet; a dry run first, then all of them or none."""

import argparse
import csv
import os
import secrets
import time
import unicodedata
from pathlib import Path

from django.contrib.auth.hashers import make_password
from django.contrib.auth.models import User
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from huiyin.commands import Refused
from huiyin.commands.language import speak
from huiyin.commands.progress import Progress, stoppable
from huiyin.commands.setting_up import prepare
from huiyin.importing import city, load
from huiyin.importing.mapping import BadMapping, Mapping
from huiyin.importing.mapping import load as load_mapping
from huiyin.importing.messages import FILES, NOTES, ROWS
from huiyin.importing.rows import Problem
from huiyin.importing.sheets import BadSheet
from huiyin.kernel.clock.timekeeping import ClockNotTrusted, require
from huiyin.kernel.given import BadInput
from huiyin.kernel.units.models import Organisation
from huiyin.kernel.units.queries import NoOrganisation, holders, organisation
from huiyin.parts.cases.messages import MESSAGES

SHOWN = 50


def add(parser: argparse.ArgumentParser) -> None:
    """Say what the command takes."""
    parser.add_argument("file", type=Path, help="xlsx or csv, the first row its heading")
    parser.add_argument(
        "--mapping", required=True, help="TOML file, or letters, answered, service_requests"
    )
    what = parser.add_mutually_exclusive_group()
    what.add_argument("--dry-run", action="store_true", help="only look (the default)")
    what.add_argument("--commit", action="store_true", help="file the letters, all or none")
    parser.add_argument("--user", default="", help="who imports: a holder of the reception post")
    parser.add_argument("--receipts", type=Path, help="write number and receipt code of each here")
    parser.add_argument(
        "--leave-out", action="store_true", help="file the good rows where others are wrong"
    )
    parser.add_argument(
        "--organisation-from", type=Path, metavar="TAXONOMY", help="set up a model city first"
    )


def run(args: argparse.Namespace) -> int:
    """Look at the file, tell what is wrong by row and column, and file it if that is wanted."""
    speak()
    try:
        mapping = load_mapping(args.mapping)
        if args.organisation_from:
            prepare()
            set_up_city(args.organisation_from)
        print(_("Reading %(file)s …") % {"file": args.file}, flush=True)
        require(timezone.now())
        found = load.check(args.file, mapping, timezone.now())
    except ClockNotTrusted as error:
        raise Refused(str(error)) from error
    except BadMapping as error:
        raise Refused(_("Mapping: %(error)s") % {"error": error}) from error
    except BadSheet as error:
        raise Refused(FILES[error.code] % {"detail": error.detail}) from error
    except NoOrganisation as error:
        raise Refused(str(error)) from error
    _tell(found, args.leave_out)
    if found.problems and not args.leave_out:
        return 1
    if not args.commit:
        print(_("This was a dry run; nothing was filed. File them with --commit."))
        return 0
    return _commit(args, mapping, found)


def _tell(found: load.Checked, leave_out: bool) -> None:
    if found.sheet:
        print(_("Sheet “%(name)s”, %(n)d rows") % {"name": found.sheet, "n": found.rows})
    else:
        print(_("%(n)d rows") % {"n": found.rows})
    for code, detail in found.notes:
        print("  " + NOTES[code] % {"detail": detail})
    for problem in found.problems[:SHOWN]:
        print("  " + describe(problem))
    if len(found.problems) > SHOWN:
        print(_("  … and %(count)d more") % {"count": len(found.problems) - SHOWN})
    whole = len(found.letters)
    print(ngettext("%(n)d letter can be filed", "%(n)d letters can be filed", whole) % {"n": whole})
    if found.known:
        print(_("%(n)d are here already and stay as they are") % {"n": len(found.known)})
    if found.problems:
        rows = len({problem.row for problem in found.problems})
        if leave_out:
            print(_("%(n)d rows can't be taken") % {"n": rows})
        else:
            print(_("%(n)d rows can't be taken; nothing was filed") % {"n": rows})


def describe(problem: Problem) -> str:
    """Return what is wrong, with its row and column, in the reader's language."""
    return _("row %(row)d, column “%(column)s”: %(what)s") % {
        "row": problem.row,
        "column": problem.column,
        "what": ROWS[problem.code] % {"detail": problem.detail},
    }


def importer(name: str) -> User:
    """Return who imports: the named user, or whoever holds the reception post now."""
    reception = organisation().reception
    if name:
        user = User.objects.filter(username=name, is_active=True).first()
        if user is None:
            raise Refused(_("There is no such user: %(name)s") % {"name": name})
        return user
    held_by = holders([reception.pk], timezone.now()) if reception else {}
    if reception is None or reception.pk not in held_by:
        raise Refused(_("Nobody holds the reception post; name who imports with --user."))
    return User.objects.get(pk=held_by[reception.pk][0])


def _commit(args: argparse.Namespace, mapping: Mapping, found: load.Checked) -> int:
    user = importer(args.user)
    receipts = _open_new(args.receipts) if args.receipts else None
    progress = Progress(_("letters filed"), len(found.letters))
    began = time.monotonic()
    try:
        with stoppable() as stop:
            codes = load.commit(
                found.letters,
                mapping,
                user=user,
                now=timezone.now(),
                progress=progress,
                stop=stop,
            )
    except load.Stopped:
        progress.close()
        print(_("Stopped. Nothing of this file was filed."))
        return 130
    except BadInput as error:
        said = MESSAGES.get(error.code, error.code)
        raise Refused(
            _("Nothing was filed: %(field)s: %(what)s") % {"field": error.field, "what": said}
        ) from error
    progress.close()
    if receipts is not None:
        with os.fdopen(receipts, "w", encoding="utf-8-sig", newline="") as file:
            rows = [(_no_formula(number), code) for number, code in codes]
            csv.writer(file).writerows([("number", "receipt code"), *rows])
    print(
        _("%(n)d letters were filed in %(seconds).1f s")
        % {"n": len(codes), "seconds": time.monotonic() - began}
    )
    return 0


def _no_formula(cell: str) -> str:
    """Return the cell as a spreadsheet shows it and never runs it, whatever somebody wrote in it."""
    first = unicodedata.normalize("NFKC", cell.lstrip())[:1]
    return f"'{cell}" if first in {*"=+-@|%"} or cell[:1] in {*"\t\r\n"} else cell


def _open_new(path: Path) -> int:
    """Open a file that only its owner may read and that did not exist: it opens letters."""
    try:
        return os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    except FileExistsError as error:
        raise Refused(_("%(file)s exists already") % {"file": path}) from error


def set_up_city(path: Path) -> None:
    """Set up the model city out of a taxonomy, unless there is an organisation already."""
    if Organisation.objects.exists():
        raise Refused(_("The organisation is set up already."))
    password = os.environ.get("HUIYIN_PASSWORD") or secrets.token_urlsafe(12)
    try:
        built = city.build(path, password=make_password(password), now=timezone.now())
    except BadSheet as error:
        raise Refused(FILES[error.code] % {"detail": error.detail}) from error
    print(
        _("Set up %(name)s: %(units)d units, %(categories)d categories.")
        % {"name": city.NAME, "units": built.units, "categories": built.categories}
    )
    print(
        _("Sign in as %(names)s with the password %(password)s")
        % {"names": ", ".join(built.sign_ins), "password": password}
    )
