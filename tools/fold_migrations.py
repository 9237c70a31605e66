"""Fold the migrations of each of huiyin's apps into one, as long as nothing is released.

    python tools/fold_migrations.py

Each app gets `migrations/0001_tables.py`: its models in the order of their foreign keys, with indexes and
constraints where their table is made (SQLite makes a whole table anew for a constraint that comes
later), then the app's own `migrations/_steps.py`, where it has one. A database that has gone through
all that is folded counts as having gone through this; one that stopped half way is refused.
"""

import os
import re
import sys
from graphlib import CycleError, TopologicalSorter
from pathlib import Path

ROOT = Path(__file__).parent.parent
NAME = "0001_tables"


def main() -> None:
    sys.path.insert(0, str(ROOT))
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "huiyin.settings")
    import django

    django.setup()
    from django.apps import apps
    from django.db.migrations.state import ProjectState
    from django.utils import translation

    translation.deactivate_all()  # words of choices stand in a migration as they stand in the code
    state = ProjectState.from_apps(apps)
    for config in apps.get_app_configs():
        if config.name.startswith("huiyin.") and any(
            app == config.label for app, _ in state.models
        ):
            _write(config.label, Path(config.path) / "migrations", state)


def _write(label: str, folder: Path, state: object) -> None:
    from django.conf import settings
    from django.db import migrations, models
    from django.db.migrations.writer import MigrationWriter

    mine = {name: model for (app, name), model in state.models.items() if app == label}  # type: ignore[attr-defined]
    needs: dict[str, set[str]] = {}
    dependencies: set[object] = set()
    for name, model in mine.items():
        needs[name] = set()
        for field in model.fields.values():
            if not isinstance(field, models.ForeignObject | models.ManyToManyField):
                continue
            to = field.remote_field.model
            if to in {settings.AUTH_USER_MODEL, "auth.user"}:
                dependencies.add(migrations.swappable_dependency(settings.AUTH_USER_MODEL))
                continue
            app, _, target = str(to).lower().rpartition(".")
            if app == label and target != name:
                needs[name].add(target)
            elif app != label:
                dependencies.add((app, NAME))
    try:
        order = list(TopologicalSorter(needs).static_order())
    except CycleError as circle:
        raise SystemExit(
            f"{label}: models in a circle, {circle.args[1]}; write a second step"
        ) from None
    old = sorted(path.stem for path in folder.glob("0*.py"))
    replaced = _replaced(folder) if old == [NAME] else [one for one in old if one != NAME]
    migration = type("Migration", (migrations.Migration,), {})(NAME, label)
    migration.initial = True
    migration.dependencies = sorted(dependencies, key=str)
    migration.operations = [
        migrations.CreateModel(
            model.name, list(model.fields.items()), model.options, model.bases, model.managers
        )
        for model in (mine[name] for name in order)
    ]
    migration.replaces = [(label, name) for name in sorted({*_replaced(folder), *replaced})]
    text = MigrationWriter(migration, include_header=False).as_string()
    if (folder / "_steps.py").exists():
        module = ".".join((*folder.relative_to(ROOT).parts, "_steps"))
        text = text.replace("\n\nclass", f"\nfrom {module} import STEPS\n\n\nclass", 1)
        text = re.sub(r"\n    \]\n*$", "\n        *STEPS,\n    ]\n", text)
    for name in old:
        (folder / f"{name}.py").unlink()
    (folder / f"{NAME}.py").write_text(text, encoding="utf-8")
    print(f"{label}: {len(order)} models, {', '.join(old)} folded")


def _replaced(folder: Path) -> list[str]:
    """Return what a fold before this one stands for."""
    path = folder / f"{NAME}.py"
    if not path.exists():
        return []
    block = re.search(r"replaces = \[(.*?)\]", path.read_text(encoding="utf-8"), re.S)
    return re.findall(r"'(\d{4}_\w+)'", block[1]) if block else []


if __name__ == "__main__":
    main()
