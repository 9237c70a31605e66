"""Every address of the service."""

from django.urls import URLPattern, URLResolver, get_resolver


def addresses(found: list[URLPattern | URLResolver] | None = None, above: str = "") -> list[str]:
    """Return every address of the service."""
    all_of = []
    for one in found if found is not None else get_resolver().url_patterns:
        here = f"{above}{one.pattern}"
        all_of += addresses(one.url_patterns, here) if isinstance(one, URLResolver) else [here]
    return all_of
