"""`huiyin`: parse, one action or query, print."""

import argparse
import importlib
import os
import sys
from collections.abc import Sequence

from huiyin import private_files
from huiyin.commands import Refused

COMMANDS = {
    "serve": ("serving", "serve the pages and the API, with a worker beside them"),
    "worker": ("working", "take due steps and send notices"),
    "demo": ("demonstrating", "set up and serve a demonstration organisation"),
    "channel": ("channels", "where a post's notices go besides its page"),
    "clock": ("clock", "whether the machine's time is believed; state it after a jump"),
    "keys": ("keeping_keys", "show the versions of the keys, or add new ones"),
    "log": ("log", "make files of the public log again that are lost"),
    "import": ("importing", "file the letters of a spreadsheet, all or none; looks first"),
    "mail-in": ("mailing_in", "file an e-mail as a letter; for a mail server's pipe, or a Maildir"),
    "rehearse": ("rehearse", "live through a window with faults put in; say what was noticed"),
    "replay": ("replaying", "live answered letters again at their own times, and report"),
    "audit": ("auditing", "hold the database against the public log; name what does not agree"),
    "backup": ("backing_up", "write a consistent copy of everything but the keys"),
    "backup-keys": ("backing_up_keys", "write a copy of the keys, to be kept elsewhere"),
    "restore": ("restoring", "bring a backup into an empty service"),
    "solve": ("solving", "make a roster that was asked for; workers start one for each"),
    "token": ("tokens", "let a program act for a post over the API; list, revoke"),
    "update": ("updating", "bring the database to the installed version"),
    "verify": ("verifying", "check a receipt file; needs neither a database nor the service"),
    "witness": ("witnessing", "cosign another's log; needs neither a database nor the service"),
    "init": ("setting_up", "set up the database, the keys and the organisation"),
}
ALONE = frozenset({"verify", "witness"})  # run on any machine: without a database, settings or keys


def parser(command: str | None = None) -> argparse.ArgumentParser:
    """Return the command line: what every command is for, and all that `command` takes.

    Only the module of that command is loaded.
    """
    whole = argparse.ArgumentParser(prog="huiyin", description="Every letter gets an answer.")
    commands = whole.add_subparsers(dest="command", required=True, metavar="COMMAND")
    for name, (module, summary) in COMMANDS.items():
        sub = commands.add_parser(name, help=summary, description=summary)
        if name == command:
            loaded = importlib.import_module(f"huiyin.commands.{module}")
            loaded.add(sub)
            sub.set_defaults(run=loaded.run)
    return whole


def main(argv: Sequence[str] | None = None) -> int:
    """Run one command; return its exit status."""
    private_files.begin()
    words = list(sys.argv[1:] if argv is None else argv)
    command = words[0] if words and words[0] in COMMANDS else None
    if command is not None and command not in ALONE:
        os.environ.setdefault("DJANGO_SETTINGS_MODULE", "huiyin.settings")
        import django
        from django.core.exceptions import ImproperlyConfigured

        try:
            django.setup()
        except ImproperlyConfigured as error:
            print(f"huiyin: {error}", file=sys.stderr)
            return 2
    arguments = parser(command).parse_args(words)
    try:
        if command in {"serve", "worker"}:
            importlib.import_module("huiyin.starting").check()
        return int(arguments.run(arguments))
    except Refused as refusal:
        print(f"huiyin: {refusal}", file=sys.stderr)
        return 2
    except KeyboardInterrupt:
        print("huiyin: stopped", file=sys.stderr)
        return 130


if __name__ == "__main__":
    sys.exit(main())
