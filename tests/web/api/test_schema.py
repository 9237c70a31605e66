"""The OpenAPI document says what the API does: schemathesis calls it and compares."""

import json
from collections.abc import Iterator
from typing import Any

import pytest
import schemathesis
from django.core.signals import request_finished, request_started
from django.core.wsgi import get_wsgi_application
from django.db import close_old_connections
from django.test import Client
from django.utils import timezone
from hypothesis import HealthCheck, Phase, given, settings
from schemathesis.specs.openapi import checks

from huiyin.parts.cases.actions import forwarding, handling
from huiyin.web.api import tokens
from huiyin.web.api.face import api
from tests.cast import Cast

# A body that the schema allows may still be refused by the action (422), and a receipt code or
# token is no secret of a browser; these checks know nothing of either.
LEFT_OUT = [checks.positive_data_acceptance, checks.ignored_auth]

CONFIG = schemathesis.Config.from_dict({"generation": {"database": "none"}})
SCHEMA = schemathesis.openapi.from_dict(
    json.loads(json.dumps(api.get_openapi_schema(path_prefix="/api/v1/"), default=str)),
    config=CONFIG,
)
SCHEMA.app = get_wsgi_application()
OPERATIONS = [found.ok() for found in SCHEMA.get_all_operations()]


@pytest.fixture
def one_transaction(cast: Cast) -> Iterator[None]:
    """Calls of the application stay in the test's transaction, as with Django's own client."""
    signals = (request_started, request_finished)
    for signal in signals:
        signal.disconnect(close_old_connections)
    yield
    for signal in signals:
        signal.connect(close_old_connections)


@pytest.mark.parametrize("operation", OPERATIONS, ids=[one.label for one in OPERATIONS])
def test_every_operation_answers_as_documented(
    cast: Cast, one_transaction: None, operation: Any
) -> None:
    now = timezone.now()
    filed = cast.file(now)
    locator = filed.case.locator
    early = operation.label.endswith(("/forward", "/category", "/cases"))
    if not early:
        forwarding.forward(cast.clerk, locator, cast.works, now=now)
        if not operation.label.endswith(("/object", "/accept", "/decline")):
            handling.accept(cast.owner, locator, now=now)
    post = cast.clerk if early else cast.owner
    text = tokens.issue(post.user, post.post, "schema", days=1, now=now)

    @given(case=operation.as_strategy())
    @settings(
        max_examples=6,
        deadline=None,
        derandomize=True,
        database=None,
        phases=[Phase.generate],
        suppress_health_check=list(HealthCheck),
    )
    def call(case: schemathesis.Case) -> None:
        if "locator" in (case.path_parameters or {}):
            case.path_parameters["locator"] = locator
        headers = {"Authorization": f"Bearer {text}", "Receipt-Code": str(filed.code)}
        case.call_and_validate(headers=headers, excluded_checks=LEFT_OUT)

    call()


def test_the_document_is_openapi_3_1_and_every_operation_may_answer_with_a_problem(
    cast: Cast,
) -> None:
    found = json.loads(Client().get("/api/v1/openapi.json").content)
    assert found["openapi"].startswith("3.1")
    operations = [one for path in found["paths"].values() for one in path.values()]
    assert len(operations) > 35
    for one in operations:
        assert one["summary"]
        assert "application/problem+json" in one["responses"]["default"]["content"]


def test_no_address_of_the_api_takes_a_receipt_code(cast: Cast) -> None:
    found = json.loads(Client().get("/api/v1/openapi.json").content)
    for path, operations in found["paths"].items():
        for one in operations.values():
            names = {p["name"].lower() for p in one.get("parameters", []) if p["in"] != "header"}
            assert not {name for name in names if "code" in name or "receipt" in name}, path
