"""What a log line may hold: a time and what went wrong, nothing that leads to a letter or a person.

An address of the service can hold a letter's number or somebody's secret token, so a line names the
pattern of the address instead; and a network address of a client is left out wherever it stands.
"""

import ipaddress
import logging
import re
from typing import Any

from django.http import HttpRequest
from django.urls import Resolver404, resolve

CANDIDATE = re.compile(r"[0-9A-Fa-f]*[:.][0-9A-Fa-f:.]*[0-9A-Fa-f]")


def _without_address(found: re.Match[str]) -> str:
    try:
        ipaddress.ip_address(found[0])
    except ValueError:
        return found[0]  # a time, a version
    return "(address)"


def pattern_of(request: Any) -> str:
    """Return the pattern of a request's address, which holds nothing of what was asked for."""
    try:
        match = getattr(request, "resolver_match", None) or resolve(request.path_info)
    except Resolver404:
        return "(no address of ours)"
    return f"/{match.route}"


class NobodyNamed(logging.Filter):
    """Takes the address asked for, and network addresses, out of each line."""

    def filter(self, record: logging.LogRecord) -> bool:
        """Change the record; every one is written."""
        text = record.getMessage()
        request = getattr(record, "request", None)
        if isinstance(request, HttpRequest):
            for form in {request.path, request.path_info, request.get_full_path()}:
                if len(form) > 1:
                    text = text.replace(form, pattern_of(request))
        record.msg, record.args = CANDIDATE.sub(_without_address, text), ()
        return True
