"""`huiyin backup`: everything but the keys in one file, while the service goes on."""

import argparse
from pathlib import Path

from django.utils.translation import gettext as _

from huiyin.backup import database, writing
from huiyin.backup.archive import Stopped
from huiyin.backup.database import NoTool
from huiyin.commands import Refused
from huiyin.commands.language import speak
from huiyin.commands.progress import Progress, stoppable


def add(parser: argparse.ArgumentParser) -> None:
    """Say what the command takes."""
    parser.add_argument("file", type=Path, help="a new file")
    parser.add_argument(
        "--with-keys",
        action="store_true",
        help="put the keys in as well: whoever has the file can then read everything",
    )


def run(args: argparse.Namespace) -> int:
    """Write the backup, or nothing."""
    speak()
    if database.is_empty():
        raise Refused(_("There is nothing here yet to back up."))
    show = Progress("MB", writing.whole_size() >> 20)
    done = 0

    def tick(size: int) -> None:
        nonlocal done
        done += size
        show(done >> 20)

    try:
        with stoppable() as stop:
            written = writing.write(args.file, with_keys=args.with_keys, tick=tick, stop=stop)
    except Stopped:
        print(_("Stopped. No backup was written."))
        return 130
    except FileExistsError as error:
        raise Refused(_("%(file)s exists already") % {"file": args.file}) from error
    except (OSError, NoTool) as error:
        raise Refused(_("No backup was written: %(error)s") % {"error": error}) from error
    finally:
        show.close()
    print(
        _("%(file)s: %(size).1f MB, %(files)d attachments")
        % {"file": args.file, "size": written.size / 1e6, "files": written.files}
    )
    if not args.with_keys:
        print(_("The keys are not in it; keep them elsewhere: huiyin backup-keys FILE"))
    if written.missing:
        print(_("Warning: %(n)d attachments are missing from the disk") % {"n": written.missing})
        return 1
    return 0
