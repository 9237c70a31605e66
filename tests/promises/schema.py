"""What the promises ask of the tables: read from the models, whatever parts there are."""

from collections.abc import Iterable

from django.apps import apps
from django.contrib.auth.models import User
from django.db import connection, models

Model = type[models.Model]
JUDGING = (
    "score", "rank", "risk", "label", "profile", "reputation", "frequency", "repeat", "blacklist",
    "watch", "stability", "mood", "credit", "letters_count", "case_count", "visits",
)  # fmt: skip
VOTING = ("ballot", "vote", "choice", "candidate")


def ours() -> list[Model]:
    """Return all models of the project."""
    return [one for one in apps.get_models() if one.__module__.startswith("huiyin.")]


def judging(found: Iterable[Model]) -> list[str]:
    """Return the models and fields that would judge, count or sort people."""
    return [
        f"{model.__name__}.{field.name}"
        for model in found
        for field in model._meta.get_fields()
        if any(word in f"{model.__name__}.{field.name}".lower() for word in JUDGING)
    ]


def pointing_to_people(model: Model) -> set[str]:
    """Return the fields that lead from the model to an account, directly or by a tenure."""
    found = set()
    for field in model._meta.get_fields():
        target = field.related_model
        if field.concrete and isinstance(target, type):
            named = target.__name__
            if issubclass(target, User) or named in {"Tenure", "SealedIdentity"}:
                found.add(field.name)
    return found


def votes_that_know_people(found: Iterable[Model]) -> list[str]:
    """Return the models of votes in which a person's vote could be read."""
    return [
        f"{model.__name__}.{name}"
        for model in found
        if any(word in model.__name__.lower() for word in VOTING)
        for name in pointing_to_people(model)
    ]


def raw_rows() -> dict[str, list[tuple[object, ...]]]:
    """Return every row of every table as the database holds it."""
    with connection.cursor() as cursor:
        rows = {}
        for table in connection.introspection.table_names(cursor):
            cursor.execute(f"SELECT * FROM {connection.ops.quote_name(table)}")
            rows[table] = list(cursor.fetchall())
        return rows
