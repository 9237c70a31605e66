"""One file a command: `add(parser)` says what it takes, `run(args)` does it and returns the status."""


class Refused(Exception):
    """A command can't go on; the message is for whoever called it."""
