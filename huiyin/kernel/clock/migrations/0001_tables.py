import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):

    replaces = [('clock', '0001_initial'), ('clock', '0002_avoid_since'), ('clock', '0002_clock_readings'), ('clock', '0002_steps_of_a_plan'), ('clock', '0002_worker_round'), ('clock', '0003_pace'), ('clock', '0004_unit_limits')]

    initial = True

    dependencies = [
        ('units', '0001_tables'),
    ]

    operations = [
        migrations.CreateModel(
            name='Deadline',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('kind', models.CharField(max_length=32)),
                ('subject', models.CharField(max_length=64)),
                ('of', models.CharField(blank=True, default='', max_length=16)),
                ('post', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='deadlines', to='units.post')),
                ('rule', models.CharField(blank=True, max_length=32)),
                ('started_at', models.DateTimeField()),
                ('due_at', models.DateTimeField()),
                ('warn_at', models.JSONField(default=list)),
                ('pace', models.JSONField(default=list)),
                ('explanation', models.JSONField(default=dict)),
                ('calendar', models.CharField(blank=True, max_length=32)),
                ('step', models.PositiveSmallIntegerField(default=0)),
                ('next_at', models.DateTimeField(null=True)),
                ('state', models.CharField(choices=[('open', 'Open'), ('met', 'Met'), ('excused', 'Excused'), ('void', 'No longer owed')], default='open', max_length=8)),
                ('ended_at', models.DateTimeField(null=True)),
                ('paused_at', models.DateTimeField(null=True)),
                ('pauses', models.JSONField(default=list)),
                ('avoid_unit', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='units.unit')),
                ('avoid_post', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='units.post')),
                ('avoid_since', models.DateTimeField(null=True)),
            ],
            options={
                'indexes': [models.Index(condition=models.Q(('next_at__isnull', False)), fields=['next_at'], name='deadline_next'), models.Index(condition=models.Q(('state', 'open')), fields=['post', 'due_at'], name='deadline_owed'), models.Index(fields=['subject'], name='deadline_subject')],
                'constraints': [models.UniqueConstraint(condition=models.Q(('state', 'open')), fields=('subject', 'kind', 'of'), name='one_open_each')],
            },
        ),
        migrations.CreateModel(
            name='CalendarDay',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('day', models.DateField(unique=True)),
                ('working', models.BooleanField()),
                ('note', models.CharField(blank=True, max_length=120)),
            ],
            options={
                'indexes': [],
                'constraints': [],
            },
        ),
        migrations.CreateModel(
            name='LimitOverride',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('rule', models.CharField(max_length=32, unique=True)),
                ('days', models.PositiveIntegerField()),
            ],
            options={
                'indexes': [],
                'constraints': [],
            },
        ),
        migrations.CreateModel(
            name='UnitLimit',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('unit', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='units.unit')),
                ('rule', models.CharField(max_length=32)),
                ('days', models.PositiveIntegerField()),
                ('since', models.DateTimeField()),
                ('until', models.DateTimeField()),
                ('subject', models.CharField(max_length=64)),
            ],
            options={
                'indexes': [],
                'constraints': [],
            },
        ),
        migrations.CreateModel(
            name='ClockReading',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('boot', models.CharField(max_length=40, unique=True)),
                ('at', models.DateTimeField()),
                ('uptime', models.FloatField()),
            ],
            options={
                'indexes': [],
                'constraints': [],
            },
        ),
        migrations.CreateModel(
            name='ClockHold',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('kind', models.CharField(choices=[('ahead', 'The clock jumped ahead'), ('back', 'The clock went back'), ('unproven', 'After a long time off, nothing vouches for the time')], max_length=8)),
                ('expected_at', models.DateTimeField()),
                ('shown_at', models.DateTimeField()),
                ('confirmed_at', models.DateTimeField(null=True)),
                ('confirmed_entry', models.BigIntegerField(null=True)),
            ],
            options={
                'indexes': [],
                'constraints': [],
            },
        ),
        migrations.CreateModel(
            name='Standstill',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('since', models.DateTimeField()),
                ('until', models.DateTimeField()),
            ],
            options={
                'indexes': [],
                'constraints': [],
            },
        ),
        migrations.CreateModel(
            name='WorkerRound',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('at', models.DateTimeField()),
                ('failed', models.CharField(blank=True, max_length=300)),
            ],
            options={
                'indexes': [],
                'constraints': [],
            },
        ),
        migrations.CreateModel(
            name='Step',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('deadline', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='steps', to='clock.deadline')),
                ('number', models.PositiveSmallIntegerField()),
                ('kind', models.CharField(max_length=8)),
                ('rung', models.CharField(max_length=8)),
                ('post', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='units.post')),
                ('planned_at', models.DateTimeField()),
                ('taken_at', models.DateTimeField()),
            ],
            options={
                'constraints': [models.UniqueConstraint(fields=('deadline', 'number', 'planned_at'), name='each_planned_step_once')],
                'indexes': [],
            },
        ),
    ]
