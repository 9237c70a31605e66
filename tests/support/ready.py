"""What must have been made before tests can run, for whoever calls `pytest` by itself."""

from pathlib import Path

LOCALE = Path(__file__).parents[2] / "huiyin" / "locale"


def missing(locale: Path = LOCALE) -> str:
    """Return what is to be done first, or nothing: translations are compiled by make alone."""
    stale = [
        source
        for source in sorted(locale.glob("*/*/LC_MESSAGES/django.po"))
        if not (compiled := source.with_suffix(".mo")).exists()
        or compiled.stat().st_mtime < source.stat().st_mtime
    ]
    if not stale:
        return ""
    areas = ", ".join(sorted({source.relative_to(locale).parts[0] for source in stale}))
    return f"translations are not compiled ({areas}): run `make messages` first"
