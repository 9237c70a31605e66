"""`huiyin keys`: which versions there are and which are needed; rotation."""

import argparse
from contextlib import suppress

from django.conf import settings
from django.utils import timezone

from huiyin.commands import Refused
from huiyin.kernel.ledger import sequencer, signing
from huiyin.kernel.vault import keyring, queries
from huiyin.kernel.vault.keys import ring


def add(parser: argparse.ArgumentParser) -> None:
    """Say what the command takes."""
    parser.add_argument("what", choices=["show", "rotate", "rotate-log", "replace-log"])


def run(args: argparse.Namespace) -> int:
    """Show or rotate; the keys themselves are never printed."""
    try:
        if args.what == "rotate":
            keyring.rotate(settings.HUIYIN_KEYS)
            print("New keys are in use. Back up the keys now: docs/keys.md")
        elif args.what == "rotate-log":
            signing.rotate()
            _sign_now()
            print("A new key signs the log, beside the one before. Back up the keys: docs/keys.md")
        elif args.what == "replace-log":
            signing.replace()
            _sign_now()
            print("A new key alone signs the log. Back up the keys, publish the line: docs/keys.md")
        keys = ring()
        log = signing.verifiers()
    except (keyring.KeyringError, signing.LogKeyError, sequencer.Forked) as error:
        raise Refused(str(error)) from error
    needed = queries.key_versions()
    print(f"text keys      {', '.join(map(str, sorted(keys.text_keys)))}")
    for version in sorted(keys.identity_public):
        path = keyring.identity_path(settings.HUIYIN_KEYS, version)
        state = "needed" if version in needed else "needed by nothing kept"
        print(
            f"identity key {version}  {state}; private half {'here' if path.exists() else 'elsewhere'}"
        )
    for number, key in enumerate(log):
        print(f"log key        {key}{'  still signs' if number else ''}")
    return 0


def _sign_now() -> None:
    with suppress(sequencer.Elsewhere):  # then a worker signs within a second
        sequencer.round_now(timezone.now())
