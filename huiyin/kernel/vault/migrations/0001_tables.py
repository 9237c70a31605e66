import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):

    replaces = [('vault', '0001_initial'), ('vault', '0002_belonging')]

    initial = True

    dependencies = [
        ('auth', '__first__'),
        ('ledger', '0001_tables'),
        ('units', '0001_tables'),
    ]

    operations = [
        migrations.CreateModel(
            name='SealedIdentity',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('subject', models.CharField(max_length=64, unique=True)),
                ('wrapped_key', models.BinaryField(null=True)),
                ('key_version', models.PositiveSmallIntegerField()),
                ('sealed', models.BinaryField()),
                ('created_at', models.DateTimeField()),
                ('erase_after', models.DateField(null=True)),
                ('erased_at', models.DateTimeField(null=True)),
            ],
            options={
                'indexes': [models.Index(condition=models.Q(('erased_at__isnull', True)), fields=['erase_after'], name='identity_to_erase')],
                'constraints': [models.CheckConstraint(condition=models.Q(models.Q(('erased_at__isnull', True), ('wrapped_key__isnull', False)), models.Q(('erased_at__isnull', False), ('wrapped_key__isnull', True)), _connector='OR'), name='erased_identity_has_no_key')],
            },
        ),
        migrations.CreateModel(
            name='RingKey',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('name', models.CharField(max_length=16)),
                ('version', models.PositiveSmallIntegerField(default=0)),
                ('fingerprint', models.CharField(max_length=32)),
            ],
            options={
                'constraints': [models.UniqueConstraint(fields=('name', 'version'), name='each_key_once')],
                'indexes': [],
            },
        ),
        migrations.CreateModel(
            name='Home',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('mark', models.CharField(max_length=36)),
            ],
            options={
                'indexes': [],
                'constraints': [],
            },
        ),
        migrations.CreateModel(
            name='IdentityOpening',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('identity', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='openings', to='vault.sealedidentity')),
                ('opened_at', models.DateTimeField()),
                ('post', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='units.post')),
                ('user', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('reason', models.BinaryField()),
                ('entry', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='ledger.entry')),
            ],
            options={
                'indexes': [],
                'constraints': [],
            },
        ),
    ]
