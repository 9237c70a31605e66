from django.db import migrations, models


def remember(apps, editor):
    """What the log holds already counts as one round, the first: it can't be told apart any more."""
    log = apps.get_model("ledger", "Log").objects.filter(size__gt=0).first()
    if log is not None:
        at = log.integrated_at
        apps.get_model("ledger", "Round").objects.create(first=0, size=log.size, since=at, until=at)


class Migration(migrations.Migration):

    dependencies = [
        ('ledger', '0002_log'),
    ]

    operations = [
        migrations.CreateModel(
            name='Round',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('first', models.BigIntegerField(unique=True)),
                ('size', models.BigIntegerField(unique=True)),
                ('since', models.DateTimeField()),
                ('until', models.DateTimeField()),
            ],
        ),
        migrations.RunPython(remember, migrations.RunPython.noop),
    ]
