"""The table of the search index: FTS5 on SQLite, tsvector with GIN on PostgreSQL."""

from typing import Any

from django.db import migrations

SQLITE = (
    # detail=none keeps only which letters hold a word; columnsize=0 no lengths: no ranking is done.
    "CREATE VIRTUAL TABLE cases_search USING fts5(words, tokenize='ascii', detail=none, columnsize=0)",
)
POSTGRESQL = (
    "CREATE TABLE cases_search (case_id bigint PRIMARY KEY, words tsvector NOT NULL)",
    "CREATE INDEX cases_search_words ON cases_search USING gin (words)",
)


def create(apps: Any, editor: Any) -> None:
    """Create the index for the database in use."""
    for statement in SQLITE if editor.connection.vendor == "sqlite" else POSTGRESQL:
        editor.execute(statement)


def drop(apps: Any, editor: Any) -> None:
    """Drop the index; it can be built anew with `huiyin reindex`."""
    editor.execute("DROP TABLE cases_search")


class Migration(migrations.Migration):
    dependencies = [("cases", "0001_initial")]
    operations = [migrations.RunPython(create, drop)]
