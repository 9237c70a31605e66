import django.db.models.deletion
import huiyin.kernel.ledger.actions
import huiyin.kernel.vault.fields
from django.conf import settings
from django.db import migrations, models

from huiyin.parts.reports.migrations._steps import STEPS


class Migration(migrations.Migration):

    replaces = [('reports', '0001_initial'), ('reports', '0002_what_was_sent_stays'), ('reports', '0003_windows'), ('reports', '0004_rooms'), ('reports', '0005_leads_handed_on')]

    initial = True

    dependencies = [
        ('auth', '__first__'),
        ('units', '0001_tables'),
    ]

    operations = [
        migrations.CreateModel(
            name='Incident',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('unit', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='incidents', to='units.unit')),
                ('number', models.CharField(max_length=20, unique=True)),
                ('kind', models.CharField(choices=[('accident', 'Accident'), ('fire', 'Fire'), ('health', 'Public health'), ('supply', 'Building or supply failure'), ('hall', 'A crowded reception hall'), ('threat', 'A threat to safety'), ('other', 'Something else')], max_length=8)),
                ('title', huiyin.kernel.vault.fields.SealedTextField(max_length=120)),
                ('place', huiyin.kernel.vault.fields.SealedTextField(max_length=200)),
                ('event_at', models.DateTimeField()),
                ('opened_at', models.DateTimeField()),
                ('danger', models.BooleanField(default=False, help_text='Life or health is in danger')),
                ('leader', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='units.post')),
                ('stood_down_at', models.DateTimeField(blank=True, null=True)),
                ('stood_down_by', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='units.post')),
                ('stood_down_why', huiyin.kernel.vault.fields.SealedTextField(blank=True)),
                ('review_post', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='units.post')),
                ('reviewed_at', models.DateTimeField(blank=True, null=True)),
                ('reviewed_by', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='units.post')),
                ('review', huiyin.kernel.vault.fields.SealedJSONField(blank=True, default=dict)),
                ('salt_key', huiyin.kernel.vault.fields.SealedBytesField(default=huiyin.kernel.ledger.actions.new_salt_key)),
            ],
            options={
                'indexes': [],
                'constraints': [],
            },
        ),
        migrations.CreateModel(
            name='DayCount',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('unit', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='+', to='units.unit')),
                ('day', models.DateField()),
                ('what', models.CharField(max_length=24)),
                ('count', models.PositiveIntegerField()),
            ],
            options={
                'constraints': [models.UniqueConstraint(fields=('unit', 'day', 'what'), name='one_count')],
                'indexes': [],
            },
        ),
        migrations.CreateModel(
            name='DailyRule',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('unit', models.OneToOneField(on_delete=django.db.models.deletion.CASCADE, related_name='+', to='units.unit')),
                ('daily_by', models.PositiveSmallIntegerField(default=1020)),
                ('every_day', models.BooleanField(default=False)),
                ('since', models.DateTimeField()),
                ('ended_at', models.DateTimeField(blank=True, null=True)),
            ],
            options={
                'indexes': [],
                'constraints': [],
            },
        ),
        migrations.CreateModel(
            name='Progress',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('counted', models.BigIntegerField(default=0)),
            ],
            options={
                'indexes': [],
                'constraints': [],
            },
        ),
        migrations.CreateModel(
            name='Window',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('unit', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='windows', to='units.unit')),
                ('number', models.CharField(max_length=20, unique=True)),
                ('title', huiyin.kernel.vault.fields.SealedTextField(max_length=120)),
                ('first_day', models.DateField()),
                ('last_day', models.DateField()),
                ('settings', models.JSONField(default=dict)),
                ('version', models.PositiveSmallIntegerField(default=1)),
                ('made_at', models.DateTimeField()),
                ('made_by', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='units.post')),
                ('opened_at', models.DateTimeField(blank=True, null=True)),
                ('closed_at', models.DateTimeField(blank=True, null=True)),
                ('counted_at', models.DateTimeField(blank=True, null=True)),
            ],
            options={
                'indexes': [],
                'constraints': [],
            },
        ),
        migrations.CreateModel(
            name='IncidentTask',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('incident', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='tasks', to='reports.incident')),
                ('number', models.PositiveSmallIntegerField()),
                ('change', models.BooleanField(default=False)),
                ('text', huiyin.kernel.vault.fields.SealedTextField(max_length=300)),
                ('post', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='units.post')),
                ('due_at', models.DateTimeField()),
                ('made_at', models.DateTimeField()),
                ('made_by', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='units.post')),
                ('handed_at', models.DateTimeField(blank=True, null=True)),
                ('done_at', models.DateTimeField(blank=True, null=True)),
                ('done_by', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='units.post')),
                ('outcome', huiyin.kernel.vault.fields.SealedTextField(blank=True)),
                ('salt_key', huiyin.kernel.vault.fields.SealedBytesField(default=huiyin.kernel.ledger.actions.new_salt_key)),
            ],
            options={
                'ordering': ['number'],
                'constraints': [models.UniqueConstraint(fields=('incident', 'number'), name='one_task_a_number')],
                'indexes': [],
            },
        ),
        migrations.CreateModel(
            name='Report',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('unit', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='reports', to='units.unit')),
                ('number', models.CharField(max_length=20, unique=True)),
                ('kind', models.CharField(choices=[('early', 'Early warning'), ('daily', 'Daily report'), ('urgent', 'Urgent report'), ('followup', 'Follow-up'), ('final', 'Final report')], max_length=8)),
                ('day', models.DateField(blank=True, null=True)),
                ('event_at', models.DateTimeField(blank=True, null=True)),
                ('incident', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='reports', to='reports.incident')),
                ('post', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='units.post')),
                ('made_at', models.DateTimeField()),
                ('sent_at', models.DateTimeField(blank=True, null=True)),
                ('next_at', models.DateTimeField(blank=True, help_text='When the next report comes', null=True)),
                ('draft', huiyin.kernel.vault.fields.SealedJSONField(blank=True, default=dict)),
                ('follows', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='followed_by', to='reports.report')),
                ('danger', models.BooleanField(default=False)),
                ('counted', models.JSONField(blank=True, default=dict)),
                ('wrapped_key', models.BinaryField(null=True)),
                ('key_version', models.PositiveIntegerField(default=0)),
            ],
            options={
                'indexes': [models.Index(fields=['unit', 'sent_at'], name='report_of_unit')],
                'constraints': [models.UniqueConstraint(condition=models.Q(('kind', 'daily')), fields=('unit', 'day'), name='one_daily_report')],
            },
        ),
        migrations.CreateModel(
            name='WindowVersion',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('window', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='versions', to='reports.window')),
                ('number', models.PositiveSmallIntegerField()),
                ('at', models.DateTimeField()),
                ('post', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='units.post')),
                ('last_day', models.DateField()),
                ('settings', models.JSONField(default=dict)),
                ('salt_key', huiyin.kernel.vault.fields.SealedBytesField()),
                ('entry_digest', models.BinaryField(max_length=32)),
            ],
            options={
                'ordering': ['number'],
                'constraints': [models.UniqueConstraint(fields=('window', 'number'), name='one_window_version')],
                'indexes': [],
            },
        ),
        migrations.CreateModel(
            name='WindowUnit',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('window', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='rows', to='reports.window')),
                ('unit', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='units.unit')),
                ('line_tested_on', models.DateField(blank=True, null=True)),
                ('line_tested_by', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='units.post')),
                ('exercised_on', models.DateField(blank=True, null=True)),
                ('exercised_by', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='units.post')),
                ('roster', models.PositiveSmallIntegerField(null=True)),
                ('leader', models.PositiveSmallIntegerField(null=True)),
                ('line', models.PositiveSmallIntegerField(null=True)),
                ('exercise', models.PositiveSmallIntegerField(null=True)),
                ('daily', models.PositiveSmallIntegerField(null=True)),
                ('checks', models.PositiveSmallIntegerField(null=True)),
                ('late', models.PositiveIntegerField(default=0)),
                ('below', models.JSONField(null=True)),
                ('told', models.PositiveSmallIntegerField(default=0)),
            ],
            options={
                'constraints': [models.UniqueConstraint(fields=('window', 'unit'), name='one_row_in_a_window')],
                'indexes': [],
            },
        ),
        migrations.CreateModel(
            name='WindowReply',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('window', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='replies', to='reports.window')),
                ('post', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='units.post')),
                ('cause', huiyin.kernel.vault.fields.SealedTextField()),
                ('reply', huiyin.kernel.vault.fields.SealedTextField(blank=True)),
                ('at', models.DateTimeField()),
                ('salt_key', huiyin.kernel.vault.fields.SealedBytesField(default=huiyin.kernel.ledger.actions.new_salt_key)),
            ],
            options={
                'constraints': [models.UniqueConstraint(fields=('window', 'post'), name='one_reply_a_post')],
                'indexes': [],
            },
        ),
        migrations.CreateModel(
            name='IncidentLine',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('incident', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='lines', to='reports.incident')),
                ('kind', models.CharField(choices=[('log', 'Log'), ('decision', 'Decision'), ('handed', 'Task handed on'), ('led', 'Lead handed on')], max_length=8)),
                ('at', models.DateTimeField()),
                ('post', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='units.post')),
                ('text', huiyin.kernel.vault.fields.SealedTextField()),
                ('why', huiyin.kernel.vault.fields.SealedTextField(blank=True)),
                ('task', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='reports.incidenttask')),
                ('to', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='units.post')),
                ('corrects', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='reports.incidentline')),
                ('salt_key', huiyin.kernel.vault.fields.SealedBytesField()),
                ('entry_digest', models.BinaryField(max_length=32)),
            ],
            options={
                'indexes': [models.Index(fields=['incident', 'at'], name='line_of_incident')],
                'constraints': [],
            },
        ),
        migrations.CreateModel(
            name='Version',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('report', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='versions', to='reports.report')),
                ('number', models.PositiveSmallIntegerField()),
                ('at', models.DateTimeField()),
                ('post', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='units.post')),
                ('user', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('fields', huiyin.kernel.vault.fields.SealedJSONField()),
                ('salt_key', huiyin.kernel.vault.fields.SealedBytesField()),
                ('entry_digest', models.BinaryField(max_length=32)),
            ],
            options={
                'ordering': ['number'],
                'constraints': [models.UniqueConstraint(fields=('report', 'number'), name='one_version_a_number')],
                'indexes': [],
            },
        ),
        migrations.CreateModel(
            name='Arrival',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('report', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='arrivals', to='reports.report')),
                ('unit', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='arrivals', to='units.unit')),
                ('distance', models.PositiveSmallIntegerField()),
                ('post', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='units.post')),
                ('arrived_at', models.DateTimeField()),
                ('acknowledged_at', models.DateTimeField(blank=True, null=True)),
                ('acknowledged_by', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='units.post')),
                ('read_version', models.PositiveSmallIntegerField(default=0)),
                ('acted_at', models.DateTimeField(blank=True, null=True)),
                ('action', huiyin.kernel.vault.fields.SealedTextField(blank=True)),
                ('salt_key', huiyin.kernel.vault.fields.SealedBytesField(default=huiyin.kernel.ledger.actions.new_salt_key)),
            ],
            options={
                'indexes': [models.Index(condition=models.Q(('acknowledged_at__isnull', True)), fields=['unit', 'arrived_at'], name='arrival_open')],
                'constraints': [models.UniqueConstraint(fields=('report', 'unit'), name='one_arrival_a_unit')],
            },
        ),
        migrations.CreateModel(
            name='Mark',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('unit', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='marks', to='units.unit')),
                ('kind', models.CharField(choices=[('daily_missing', 'The daily report is missing'), ('daily_late', 'The daily report came late'), ('urgent_late', 'The urgent report came late'), ('next_missing', 'The promised follow-up is missing'), ('numbers', 'Numbers contradict the records'), ('danger', 'A danger to life without an urgent report'), ('changed', 'Changed after it was read')], max_length=13)),
                ('subject', models.CharField(max_length=64)),
                ('day', models.DateField(blank=True, null=True)),
                ('report', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='marks', to='reports.report')),
                ('evidence', huiyin.kernel.vault.fields.SealedJSONField(default=dict)),
                ('made_at', models.DateTimeField()),
                ('reply', huiyin.kernel.vault.fields.SealedTextField(blank=True)),
                ('replied_at', models.DateTimeField(blank=True, null=True)),
                ('replied_by', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='units.post')),
                ('withdrawn_at', models.DateTimeField(blank=True, null=True)),
                ('withdrawn_by', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='units.post')),
                ('withdrawn_why', huiyin.kernel.vault.fields.SealedTextField(blank=True)),
                ('salt_key', huiyin.kernel.vault.fields.SealedBytesField(default=huiyin.kernel.ledger.actions.new_salt_key)),
            ],
            options={
                'indexes': [models.Index(fields=['unit', 'made_at'], name='mark_of_unit')],
                'constraints': [models.UniqueConstraint(fields=('unit', 'kind', 'subject'), name='one_mark_each')],
            },
        ),
        migrations.CreateModel(
            name='WindowPost',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('row', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='group', to='reports.windowunit')),
                ('duty', models.CharField(choices=[('overall', 'Overall responsibility'), ('charge', 'In charge of the work'), ('duty', 'Duty and reports'), ('letters', 'Letters and answers')], max_length=8)),
                ('post', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='units.post')),
            ],
            options={
                'constraints': [models.UniqueConstraint(fields=('row', 'duty'), name='one_post_a_duty')],
                'indexes': [],
            },
        ),
        *STEPS,
    ]
