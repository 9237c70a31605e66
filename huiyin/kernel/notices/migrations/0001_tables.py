import django.db.models.deletion
import huiyin.kernel.vault.fields
from django.db import migrations, models


class Migration(migrations.Migration):

    replaces = [('notices', '0001_initial'), ('notices', '0002_claims'), ('notices', '0002_notice_refused_by'), ('notices', '0003_channels_in_turn'), ('notices', '0003_damaged_rows')]

    initial = True

    dependencies = [
        ('units', '0001_tables'),
    ]

    operations = [
        migrations.CreateModel(
            name='Notice',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('post', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='notices', to='units.post')),
                ('kind', models.CharField(max_length=32)),
                ('subject', models.CharField(max_length=64)),
                ('facts', models.JSONField(default=dict)),
                ('created_at', models.DateTimeField()),
                ('read_at', models.DateTimeField(null=True)),
                ('next_at', models.DateTimeField(null=True)),
                ('claimed_at', models.DateTimeField(null=True)),
                ('attempts', models.PositiveSmallIntegerField(default=0)),
                ('sent_at', models.DateTimeField(null=True)),
                ('failure', models.CharField(blank=True, max_length=200)),
                ('refused_by', models.JSONField(default=list)),
                ('in_turn', models.BooleanField(default=False)),
                ('tried', models.JSONField(default=list)),
            ],
            options={
                'indexes': [models.Index(condition=models.Q(('next_at__isnull', False)), fields=['next_at'], name='notice_due'), models.Index(fields=['post', '-id'], name='notice_of_post')],
                'constraints': [],
            },
        ),
        migrations.CreateModel(
            name='Channel',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('post', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='channels', to='units.post')),
                ('address', huiyin.kernel.vault.fields.SealedTextField(max_length=400)),
                ('place', models.PositiveSmallIntegerField(default=0)),
                ('failing_since', models.DateTimeField(null=True)),
            ],
            options={
                'ordering': ['place', 'id'],
                'indexes': [],
                'constraints': [],
            },
        ),
        migrations.CreateModel(
            name='DamagedRow',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('table', models.CharField(max_length=64)),
                ('row', models.BigIntegerField()),
                ('error', models.CharField(max_length=80)),
                ('since', models.DateTimeField()),
                ('seen_at', models.DateTimeField()),
            ],
            options={
                'constraints': [models.UniqueConstraint(fields=('table', 'row'), name='each_row_once')],
                'indexes': [],
            },
        ),
        migrations.CreateModel(
            name='Attempt',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('notice', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='attempts_made', to='notices.notice')),
                ('scheme', models.CharField(max_length=40)),
                ('at', models.DateTimeField()),
                ('taken', models.BooleanField()),
            ],
            options={
                'ordering': ['at', 'id'],
                'indexes': [],
                'constraints': [],
            },
        ),
    ]
