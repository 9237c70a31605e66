"""PostgreSQL learns how rare a word is, so that it looks a rare one up instead of leafing for it."""

from typing import Any

from django.db import migrations

POSTGRESQL = (
    # With the usual 100, a word outside the commonest looks commoner than it is, and the newest
    # letters are read one by one until enough hold it: all of them for a word that none holds.
    "ALTER TABLE cases_search ALTER COLUMN words SET STATISTICS 1000",
    # New letters wait in an unsorted list that each search reads through; keep it short.
    "ALTER INDEX cases_search_words SET (gin_pending_list_limit = 512)",
)


def learn(apps: Any, editor: Any) -> None:
    """Change how the index is kept; SQLite keeps no such statistics."""
    if editor.connection.vendor == "postgresql":
        for statement in POSTGRESQL:
            editor.execute(statement)


class Migration(migrations.Migration):
    dependencies = [("cases", "0003_importednumber")]
    operations = [migrations.RunPython(learn, migrations.RunPython.noop)]
