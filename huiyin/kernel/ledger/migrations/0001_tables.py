from django.db import migrations, models

from huiyin.kernel.ledger.migrations._steps import STEPS


class Migration(migrations.Migration):

    replaces = [('ledger', '0001_initial'), ('ledger', '0002_entry_shown'), ('ledger', '0002_log'), ('ledger', '0003_round'), ('ledger', '0004_indexes')]

    initial = True

    dependencies = [
    ]

    operations = [
        migrations.CreateModel(
            name='Entry',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('kind', models.CharField(max_length=32)),
                ('subject', models.CharField(max_length=64)),
                ('at', models.DateTimeField()),
                ('leaf', models.BinaryField()),
                ('shown', models.BinaryField(null=True)),
                ('digest', models.BinaryField(max_length=32)),
                ('seq', models.BigIntegerField(null=True)),
            ],
            options={
                'indexes': [models.Index(condition=models.Q(('seq__isnull', True)), fields=['id'], name='entry_waits'), models.Index(fields=['subject'], name='entry_subject')],
                'constraints': [models.UniqueConstraint(condition=models.Q(('seq__isnull', False)), fields=('seq',), name='entry_place')],
            },
        ),
        migrations.CreateModel(
            name='Log',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('size', models.BigIntegerField(default=0)),
                ('edge', models.BinaryField(default=b'')),
                ('root', models.BinaryField(max_length=32)),
                ('published', models.BigIntegerField(default=0)),
                ('integrated_at', models.DateTimeField(null=True)),
            ],
            options={
                'indexes': [],
                'constraints': [],
            },
        ),
        migrations.CreateModel(
            name='Round',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('first', models.BigIntegerField(unique=True)),
                ('size', models.BigIntegerField(unique=True)),
                ('since', models.DateTimeField()),
                ('until', models.DateTimeField()),
            ],
            options={
                'indexes': [],
                'constraints': [],
            },
        ),
        *STEPS,
    ]
