"""Chat robots that say no with HTTP status 200: their answer is read, so that no failure is silent.

WeCom, DingTalk and Feishu answer every request with 200 and put the error into the body; Apprise
looks at the status alone. Its plugins post through the module `requests` that they imported, and
take a RequestException for a failure: what they hold instead is that module with such an answer
turned into one.
"""

from types import ModuleType
from typing import Any

import requests
from apprise.plugins import dingtalk, feishu, lark, wecombot

CODES = ("errcode", "code", "StatusCode")


class Refused(requests.RequestException):
    """The service took the request and refused the message."""


class Answered:
    """The module `requests`, but a body that names an error is an error."""

    def __getattr__(self, name: str) -> Any:
        return getattr(requests, name)

    def post(self, url: str, **given: Any) -> requests.Response:
        """Post; raise Refused for a JSON answer with an error code other than 0."""
        response = requests.post(url, **given)  # noqa: S113 - the plugin gives one
        try:
            said = response.json()
        except ValueError:
            return response
        codes = [said[one] for one in CODES if one in said] if isinstance(said, dict) else []
        if any(code != 0 for code in codes):
            raise Refused("the service refused the message")
        return response


def read_answers(modules: tuple[ModuleType, ...] = (wecombot, dingtalk, feishu, lark)) -> None:
    """Let these plugins of Apprise read what they are answered."""
    for one in modules:
        vars(one)["requests"] = Answered()
