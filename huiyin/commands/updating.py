"""`huiyin update`: bring the database and the static files to the installed version."""

import argparse

from django.core.management import call_command

from huiyin.commands.setting_up import prepare


def add(parser: argparse.ArgumentParser) -> None:
    """Take nothing."""


def run(args: argparse.Namespace) -> int:
    """Migrate and collect; running it again does nothing."""
    prepare()
    call_command("collectstatic", interactive=False, verbosity=0)
    print("The database and the static files are of this version.")
    return 0
