"""A spreadsheet to be imported."""

import argparse
from pathlib import Path

from huiyin.commands import importing


def arguments(sheet: Path, mapping: Path, *more: str) -> argparse.Namespace:
    parser = argparse.ArgumentParser()
    importing.add(parser)
    return parser.parse_args([str(sheet), "--mapping", str(mapping), *more])
