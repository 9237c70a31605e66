"""The index of keyed hashes goes; all letters wait for their sealed segment."""

from typing import Any

import django.db.models.deletion
from django.db import migrations, models


def begin_anew(apps: Any, editor: Any) -> None:
    """Drop the index of before, and let every letter be read anew."""
    if editor.connection.vendor == "sqlite":
        editor.execute("PRAGMA secure_delete=ON")  # nothing of its pages is left in the file
    editor.execute("DROP TABLE IF EXISTS cases_search")
    editor.execute(
        "INSERT INTO cases_searchpending (case_id) "
        "SELECT id FROM cases_case WHERE text_key IS NOT NULL"
    )


class Migration(migrations.Migration):

    dependencies = [
        ('cases', '0001_tables'),
    ]

    operations = [
        migrations.CreateModel(
            name='SearchSegment',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('number', models.PositiveIntegerField(unique=True)),
                ('version', models.PositiveIntegerField(default=1)),
                ('wrapped_key', models.BinaryField()),
            ],
        ),
        migrations.CreateModel(
            name='SearchPending',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('case', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='+', to='cases.case')),
            ],
        ),
        migrations.CreateModel(
            name='SearchBucket',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('number', models.PositiveSmallIntegerField()),
                ('sealed', models.BinaryField()),
                ('segment', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='buckets', to='cases.searchsegment')),
            ],
            options={
                'constraints': [models.UniqueConstraint(fields=('segment', 'number'), name='one_search_bucket')],
            },
        ),
        migrations.RunPython(begin_anew, migrations.RunPython.noop),
    ]
