"""The tables of a rehearsal, made as they are now instead of going through their whole history.

It takes a fifth of the time that the migrations do; a test holds the two databases against each other.
"""

from django.apps import apps
from django.conf import settings
from django.core.management import call_command
from django.db import connection
from django.db.migrations import RunPython
from django.db.migrations.executor import MigrationExecutor


def make() -> None:
    """Make all tables in an empty database, and note that every migration has been applied.

    What migrations do besides (rows that are only ever added, the search index) is done after them.
    """
    before = settings.MIGRATION_MODULES
    settings.MIGRATION_MODULES = {app.label: None for app in apps.get_app_configs()}
    try:
        call_command("migrate", run_syncdb=True, interactive=False, verbosity=0)
    finally:
        settings.MIGRATION_MODULES = before
    executor = MigrationExecutor(connection)
    plan = executor.migration_plan(executor.loader.graph.leaf_nodes())
    with connection.schema_editor() as editor:
        for migration, _backwards in plan:
            if apps.get_app_config(migration.app_label).name.startswith("huiyin."):
                for step in migration.operations:
                    if isinstance(step, RunPython):
                        step.code(apps, editor)  # type: ignore[arg-type]
    call_command("migrate", fake=True, interactive=False, verbosity=0)
