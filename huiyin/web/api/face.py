"""The API: OpenAPI 3.1, its document, and one form for everything that goes wrong."""

from collections.abc import Callable
from functools import cache, wraps
from typing import Any

from django.http import HttpRequest, HttpResponse, HttpResponseNotAllowed
from django.urls import URLPattern, register_converter
from ninja import NinjaAPI
from ninja.openapi.schema import OpenAPISchema

from huiyin.web.api import duty, problems, public, staff


class Locator:
    """A letter's public locator: eight signs of Crockford's base32."""

    regex = "[0-9A-HJKMNP-TV-Z]{8}"

    def to_python(self, value: str) -> str:
        """Return it as it is."""
        return value

    to_url = to_python


class Token(Locator):
    """The unguessable name of an attachment."""

    regex = "[A-Za-z0-9_-]{22}"


register_converter(Locator, "locator")
register_converter(Token, "token")


class Face(NinjaAPI):
    """The API; its document says that any operation may answer with a problem."""

    def get_openapi_schema(self, **given: Any) -> OpenAPISchema:
        """Return the OpenAPI document; made once, since it takes as long as hundreds of requests."""
        return self._document(
            given.get("path_prefix") or self.get_root_path(given.get("path_params") or {})
        )

    @cache  # noqa: B019 - one API, which lives as long as its process
    def _document(self, prefix: str) -> OpenAPISchema:
        schema = super().get_openapi_schema(path_prefix=prefix)
        schemas = schema["components"]["schemas"]
        schemas["Problem"] = problems.Problem.model_json_schema()
        problem = {"$ref": "#/components/schemas/Problem"}
        for path in schema["paths"].values():
            for operation in path.values():
                operation["responses"]["default"] = {
                    "description": "What went wrong (RFC 9457)",
                    "content": {"application/problem+json": {"schema": problem}},
                }
                _download(operation)
                for parameter in operation.get("parameters", []):
                    _pattern(parameter)
        return schema


def _download(operation: dict[str, Any]) -> None:
    """Say of an attachment that it may be of any type."""
    whole = operation["responses"].get(200, {}).get("content", {})
    if whole.get("application/json", {}).get("schema", {}).get("format") == "binary":
        operation["responses"][200]["content"] = {
            "*/*": {"schema": {"type": "string", "format": "binary"}}
        }


def _pattern(parameter: dict[str, Any]) -> None:
    patterns = {"locator": Locator.regex, "token": Token.regex}
    if parameter["in"] == "path" and parameter["name"] in patterns:
        parameter["schema"]["pattern"] = f"^{patterns[parameter['name']]}$"
    if parameter["in"] == "path" and parameter["name"] == "number":
        parameter["schema"] |= {"minimum": 0}


api = Face(
    title="Huiyin",
    version="1",
    description="Every letter gets an answer. The same actions as on the pages.",
    urls_namespace="api:v1",
    docs_url=None,
)
problems.install(api)
api.add_router("", public.router)
api.add_router("/letter", public.letters)
api.add_router("", staff.router)
api.add_router("", duty.router)


def _needed_type(request: HttpRequest) -> str:
    """Return of which type the body has to be where it is of another.

    A page of another site can make a browser send text or a form without asking, JSON it can't.
    """
    if request.META.get("CONTENT_LENGTH") in {None, "", "0"} or request.method in {"GET", "HEAD"}:
        return ""
    needed = "multipart/form-data" if request.path.endswith("/files") else "application/json"
    return "" if request.content_type == needed else needed


def _uniform(view: Callable[..., HttpResponse]) -> Callable[..., HttpResponse]:
    @wraps(view)
    def wrapped(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        if needed := _needed_type(request):
            return problems.wrong_type(needed)
        response = view(request, *args, **kwargs)
        if isinstance(response, HttpResponseNotAllowed) or response.status_code == 405:
            response = problems.not_allowed(response.get("Allow", ""))
        response["Cache-Control"] = "no-store"
        return response

    wrapped.csrf_exempt = True  # type: ignore[attr-defined]  # no cookie is looked at
    return wrapped


def patterns() -> list[URLPattern]:
    """Return the addresses, each answering in the one form."""
    found: list[URLPattern] = []
    for one in api.urls[0]:
        if isinstance(one, URLPattern):
            one.callback = _uniform(one.callback)
            found.append(one)
    return found


@_uniform
def nothing_here(request: HttpRequest, rest: str = "") -> HttpResponse:
    """Answer for every address that does not exist."""
    return problems.not_found()
