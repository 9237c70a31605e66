"""`huiyin restore`: a backup into an empty service."""

import argparse
from pathlib import Path

from django.core.management import call_command
from django.utils.translation import gettext as _

from huiyin.backup import restoring
from huiyin.backup.archive import BadArchive, Stopped
from huiyin.backup.database import NoTool
from huiyin.commands import Refused
from huiyin.commands.language import speak
from huiyin.commands.progress import Progress, stoppable
from huiyin.kernel.vault import belonging


def add(parser: argparse.ArgumentParser) -> None:
    """Say what the command takes."""
    parser.add_argument("file", type=Path, help="what `huiyin backup` wrote")
    parser.add_argument("--keys", type=Path, help="what `huiyin backup-keys` wrote")


def run(args: argparse.Namespace) -> int:
    """Check everything first, then put it in its place."""
    speak()
    try:
        whole = args.file.stat().st_size + (args.keys.stat().st_size if args.keys else 0)
    except OSError as error:
        raise Refused(str(error)) from error
    show = Progress("MB", whole >> 20)
    done = 0

    def tick(size: int) -> None:
        nonlocal done
        done += size
        show(done >> 20)

    try:
        with stoppable() as stop:
            restored = restoring.restore(args.file, keys=args.keys, tick=tick, stop=stop)
    except Stopped:
        print(_("Stopped. Nothing was restored."))
        return 130
    except (BadArchive, restoring.NotEmpty, NoTool, OSError) as error:
        raise Refused(_("Nothing was restored: %(error)s") % {"error": error}) from error
    finally:
        show.close()
    call_command("migrate", interactive=False, verbosity=0)
    restoring.publish_again()
    belonging.ensure_home(adopt=True)
    print(
        _("Restored the backup of %(when)s with %(files)d attachments.")
        % {"when": restored.manifest["made_at"], "files": restored.files}
    )
    if restored.keys_fit is False:
        print(_("The keys here do not open these letters: restore the right ones."))
        return 1
    if restored.keys_fit is None and not restored.keys:
        print(_("There are no keys yet: put them back before the service is started."))
    return 0
