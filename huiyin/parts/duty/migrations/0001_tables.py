import django.core.validators
import django.db.models.deletion
import huiyin.kernel.ledger.actions
import huiyin.kernel.vault.fields
from django.conf import settings
from django.db import migrations, models

from huiyin.parts.duty.migrations._steps import STEPS


class Migration(migrations.Migration):

    replaces = [('duty', '0001_initial'), ('duty', '0002_reception'), ('duty', '0003_the_log_only_grows'), ('duty', '0004_salt_of_rosters'), ('duty', '0005_mode_of_solving'), ('duty', '0006_medical_help')]

    initial = True

    dependencies = [
        ('auth', '__first__'),
        ('units', '0001_tables'),
    ]

    operations = [
        migrations.CreateModel(
            name='DutyPoint',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('unit', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='duty_points', to='units.unit')),
                ('code', models.CharField(max_length=24, unique=True)),
                ('kind', models.CharField(choices=[('desk', 'Desk'), ('line', 'Telephone line'), ('site', 'Site')], max_length=4)),
                ('name', models.CharField(max_length=80)),
                ('name_en', models.CharField(blank=True, max_length=80)),
                ('place', models.CharField(blank=True, max_length=120)),
                ('telephone', huiyin.kernel.vault.fields.SealedTextField(blank=True, max_length=32)),
                ('medical', huiyin.kernel.vault.fields.SealedTextField(blank=True, help_text='Who helps when somebody on duty feels ill', max_length=80)),
                ('closed_at', models.DateTimeField(blank=True, null=True)),
            ],
            options={
                'indexes': [],
                'constraints': [],
            },
        ),
        migrations.CreateModel(
            name='DutyRules',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('unit', models.OneToOneField(on_delete=django.db.models.deletion.CASCADE, related_name='duty_rules', to='units.unit')),
                ('rest_minutes', models.PositiveSmallIntegerField(default=660)),
                ('most_in_row', models.PositiveSmallIntegerField(default=5)),
                ('most_week_minutes', models.PositiveSmallIntegerField(default=2640)),
                ('submit_days', models.PositiveSmallIntegerField(default=7, help_text='Days before its first day by which a roster is owed')),
                ('approve_days', models.PositiveSmallIntegerField(default=2, help_text='Days in which the parent unit decides on it')),
                ('gap_hours', models.PositiveSmallIntegerField(default=72, help_text='Hours ahead at which an unfilled shift is alarmed')),
                ('handover_minutes', models.PositiveSmallIntegerField(default=30, help_text="Minutes after a shift's start by which both have signed")),
                ('sign_in_minutes', models.PositiveSmallIntegerField(default=10, help_text="Minutes after a shift's start by which its leader has signed in")),
            ],
            options={
                'indexes': [],
                'constraints': [],
            },
        ),
        migrations.CreateModel(
            name='Leave',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('user', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('starts', models.DateTimeField()),
                ('ends', models.DateTimeField()),
                ('entered_at', models.DateTimeField()),
                ('cancelled_at', models.DateTimeField(blank=True, null=True)),
            ],
            options={
                'indexes': [models.Index(fields=['user', 'ends'], name='leave_of')],
                'constraints': [models.CheckConstraint(condition=models.Q(('ends__gt', models.F('starts'))), name='leave_ends_later')],
            },
        ),
        migrations.CreateModel(
            name='Served',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('user', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('unit', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='+', to='units.unit')),
                ('klass', models.CharField(max_length=12)),
                ('shifts', models.PositiveSmallIntegerField()),
            ],
            options={
                'constraints': [models.UniqueConstraint(fields=('user', 'unit', 'klass'), name='one_count_each_class')],
                'indexes': [],
            },
        ),
        migrations.CreateModel(
            name='Roster',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('unit', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='rosters', to='units.unit')),
                ('first_day', models.DateField()),
                ('end_day', models.DateField()),
                ('version', models.PositiveSmallIntegerField(default=1)),
                ('state', models.CharField(choices=[('draft', 'Draft'), ('submitted', 'Submitted'), ('returned', 'Returned'), ('approved', 'Approved'), ('published', 'Published'), ('replaced', 'Replaced by a newer version'), ('frozen', 'Closed')], default='draft', max_length=9)),
                ('based_on', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='duty.roster')),
                ('made_at', models.DateTimeField()),
                ('submitted_at', models.DateTimeField(blank=True, null=True)),
                ('decided_at', models.DateTimeField(blank=True, null=True)),
                ('decided_by', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='units.post')),
                ('published_at', models.DateTimeField(blank=True, null=True)),
                ('reason', huiyin.kernel.vault.fields.SealedTextField(blank=True, help_text='Why it was returned, or changed')),
                ('salt_key', huiyin.kernel.vault.fields.SealedBytesField(default=huiyin.kernel.ledger.actions.new_salt_key)),
            ],
            options={
                'constraints': [models.CheckConstraint(condition=models.Q(('end_day__gt', models.F('first_day'))), name='roster_ends_later'), models.UniqueConstraint(fields=('unit', 'first_day', 'version'), name='one_roster_a_version'), models.UniqueConstraint(condition=models.Q(('state__in', ['published', 'frozen'])), fields=('unit', 'first_day'), name='one_roster_in_force')],
                'indexes': [],
            },
        ),
        migrations.CreateModel(
            name='Opening',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('weekdays', models.PositiveSmallIntegerField(default=127, validators=[django.core.validators.MinValueValidator(1), django.core.validators.MaxValueValidator(127)])),
                ('begins', models.DateField(blank=True, null=True)),
                ('until', models.DateField(blank=True, null=True)),
                ('starts', models.PositiveSmallIntegerField(help_text='Minutes after midnight', validators=[django.core.validators.MaxValueValidator(1439)])),
                ('minutes', models.PositiveSmallIntegerField(validators=[django.core.validators.MinValueValidator(1), django.core.validators.MaxValueValidator(1440)])),
                ('point', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='openings', to='duty.dutypoint')),
            ],
            options={
                'abstract': False,
                'indexes': [],
                'constraints': [],
            },
        ),
        migrations.CreateModel(
            name='Pattern',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('weekdays', models.PositiveSmallIntegerField(default=127, validators=[django.core.validators.MinValueValidator(1), django.core.validators.MaxValueValidator(127)])),
                ('begins', models.DateField(blank=True, null=True)),
                ('until', models.DateField(blank=True, null=True)),
                ('starts', models.PositiveSmallIntegerField(help_text='Minutes after midnight', validators=[django.core.validators.MaxValueValidator(1439)])),
                ('minutes', models.PositiveSmallIntegerField(validators=[django.core.validators.MinValueValidator(1), django.core.validators.MaxValueValidator(1440)])),
                ('point', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='patterns', to='duty.dutypoint')),
                ('code', models.CharField(max_length=12)),
                ('name', models.CharField(max_length=40)),
                ('name_en', models.CharField(blank=True, max_length=40)),
                ('leaders', models.PositiveSmallIntegerField(default=1)),
                ('deputies', models.PositiveSmallIntegerField(default=0)),
                ('members', models.PositiveSmallIntegerField(default=1)),
                ('skills', models.JSONField(blank=True, default=dict)),
                ('closed_at', models.DateTimeField(blank=True, null=True)),
            ],
            options={
                'constraints': [models.UniqueConstraint(condition=models.Q(('closed_at__isnull', True)), fields=('point', 'code'), name='one_pattern_code_each')],
                'indexes': [],
            },
        ),
        migrations.CreateModel(
            name='Eligible',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('point', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='eligible', to='duty.dutypoint')),
                ('user', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('capacity', models.CharField(choices=[('leader', 'Leader'), ('deputy', 'Deputy'), ('member', 'Member')], max_length=6)),
                ('begins', models.DateField(blank=True, null=True)),
                ('until', models.DateField(blank=True, null=True)),
                ('skills', models.JSONField(blank=True, default=list)),
                ('telephone', huiyin.kernel.vault.fields.SealedTextField(blank=True, max_length=32)),
            ],
            options={
                'constraints': [models.UniqueConstraint(fields=('point', 'user'), name='one_eligibility_each')],
                'indexes': [],
            },
        ),
        migrations.CreateModel(
            name='Room',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('point', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='rooms', to='duty.dutypoint')),
                ('name', models.CharField(max_length=60)),
                ('name_en', models.CharField(blank=True, max_length=60)),
                ('holds', models.PositiveSmallIntegerField(validators=[django.core.validators.MinValueValidator(1)])),
                ('waiting', models.BooleanField(default=False, help_text='People wait here')),
                ('fits', models.JSONField(blank=True, default=list)),
                ('closed_at', models.DateTimeField(blank=True, null=True)),
            ],
            options={
                'indexes': [],
                'constraints': [],
            },
        ),
        migrations.CreateModel(
            name='Feed',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('digest', models.CharField(max_length=64, unique=True)),
                ('user', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.CASCADE, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('point', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.CASCADE, related_name='feeds', to='duty.dutypoint')),
                ('made_by', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('made_at', models.DateTimeField()),
                ('revoked_at', models.DateTimeField(blank=True, null=True)),
            ],
            options={
                'constraints': [models.CheckConstraint(condition=models.Q(('user__isnull', True), ('point__isnull', True), _connector='XOR'), name='feed_of_one')],
                'indexes': [],
            },
        ),
        migrations.CreateModel(
            name='Checklist',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('point', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='checklists', to='duty.dutypoint')),
                ('name', models.CharField(max_length=80)),
                ('name_en', models.CharField(blank=True, max_length=80)),
                ('every', models.CharField(choices=[('shift', 'Each shift'), ('day', 'Each day'), ('week', 'Each week'), ('month', 'Each month')], max_length=5)),
                ('post', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='units.post')),
                ('begins', models.DateField(blank=True, null=True)),
                ('until', models.DateField(blank=True, null=True)),
                ('closed_at', models.DateTimeField(blank=True, null=True)),
            ],
            options={
                'indexes': [],
                'constraints': [],
            },
        ),
        migrations.CreateModel(
            name='SolveRun',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('roster', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='runs', to='duty.roster')),
                ('mode', models.CharField(choices=[('fill', 'Fill what is empty; whoever is on a shift stays'), ('anew', 'Make the whole roster anew'), ('keep', 'Change as little as possible of the version before')], default='fill', max_length=4)),
                ('state', models.CharField(choices=[('waiting', 'Waiting'), ('running', 'Running'), ('done', 'Done'), ('failed', 'Failed')], default='waiting', max_length=7)),
                ('seconds', models.PositiveSmallIntegerField()),
                ('asked_at', models.DateTimeField()),
                ('started_at', models.DateTimeField(null=True)),
                ('seen_at', models.DateTimeField(help_text='the last sign of life', null=True)),
                ('ended_at', models.DateTimeField(null=True)),
                ('stop_asked', models.BooleanField(default=False)),
                ('progress', models.JSONField(default=dict)),
                ('result', models.JSONField(default=dict)),
            ],
            options={
                'constraints': [models.UniqueConstraint(condition=models.Q(('state__in', ['waiting', 'running'])), fields=('roster',), name='one_solve_at_a_time')],
                'indexes': [],
            },
        ),
        migrations.CreateModel(
            name='Wish',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('user', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('pattern', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='+', to='duty.pattern')),
                ('day', models.DateField()),
                ('wanted', models.BooleanField()),
                ('weight', models.PositiveSmallIntegerField(default=1, validators=[django.core.validators.MinValueValidator(1), django.core.validators.MaxValueValidator(3)])),
            ],
            options={
                'constraints': [models.UniqueConstraint(fields=('user', 'pattern', 'day'), name='one_wish_each')],
                'indexes': [],
            },
        ),
        migrations.CreateModel(
            name='Bound',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('user', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('pattern', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='+', to='duty.pattern')),
                ('day', models.DateField()),
                ('fixed', models.BooleanField()),
            ],
            options={
                'constraints': [models.UniqueConstraint(fields=('user', 'pattern', 'day'), name='one_bound_each')],
                'indexes': [],
            },
        ),
        migrations.CreateModel(
            name='Shift',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('point', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='shifts', to='duty.dutypoint')),
                ('pattern', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='shifts', to='duty.pattern')),
                ('day', models.DateField()),
                ('starts', models.DateTimeField()),
                ('ends', models.DateTimeField()),
                ('klass', models.CharField(max_length=12)),
                ('leaders', models.PositiveSmallIntegerField()),
                ('deputies', models.PositiveSmallIntegerField()),
                ('members', models.PositiveSmallIntegerField()),
                ('cancelled_at', models.DateTimeField(blank=True, null=True)),
            ],
            options={
                'indexes': [models.Index(fields=['point', 'starts'], name='shift_of_point')],
                'constraints': [models.CheckConstraint(condition=models.Q(('ends__gt', models.F('starts'))), name='shift_ends_later'), models.UniqueConstraint(condition=models.Q(('cancelled_at__isnull', True)), fields=('pattern', 'day'), name='one_shift_a_day')],
            },
        ),
        migrations.CreateModel(
            name='Visit',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('point', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='turns', to='duty.dutypoint')),
                ('day', models.DateField()),
                ('number', models.PositiveSmallIntegerField()),
                ('people', models.PositiveSmallIntegerField(default=1, validators=[django.core.validators.MinValueValidator(1)])),
                ('needs', models.JSONField(blank=True, default=list)),
                ('language', huiyin.kernel.vault.fields.SealedTextField(blank=True, max_length=40)),
                ('came_at', models.DateTimeField()),
                ('called_at', models.DateTimeField(blank=True, null=True)),
                ('room', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='duty.room')),
                ('ended_at', models.DateTimeField(blank=True, null=True)),
                ('end', models.CharField(blank=True, choices=[('received', 'Received at the desk'), ('left', 'Was away')], max_length=8)),
                ('seed', models.CharField(blank=True, max_length=32)),
            ],
            options={
                'indexes': [models.Index(condition=models.Q(('ended_at', None)), fields=['point', 'came_at'], name='visit_waiting')],
                'constraints': [models.UniqueConstraint(fields=('point', 'day', 'number'), name='one_number_a_day'), models.UniqueConstraint(condition=models.Q(('seed', ''), _negated=True), fields=('seed',), name='one_number_a_form')],
            },
        ),
        migrations.CreateModel(
            name='CheckItem',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('checklist', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='items', to='duty.checklist')),
                ('number', models.PositiveSmallIntegerField()),
                ('kind', models.CharField(choices=[('look', 'Looked at'), ('count', 'Counted'), ('expiry', 'Date of expiry')], max_length=6)),
                ('text', models.CharField(max_length=160)),
                ('text_en', models.CharField(blank=True, max_length=160)),
                ('least', models.PositiveIntegerField(blank=True, null=True)),
            ],
            options={
                'ordering': ['number'],
                'constraints': [models.UniqueConstraint(fields=('checklist', 'number'), name='one_item_a_number')],
                'indexes': [],
            },
        ),
        migrations.CreateModel(
            name='Check',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('checklist', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='checks', to='duty.checklist')),
                ('period', models.DateTimeField()),
                ('done_at', models.DateTimeField()),
                ('user', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('failed', models.BooleanField()),
            ],
            options={
                'constraints': [models.UniqueConstraint(fields=('checklist', 'period'), name='one_check_a_period')],
                'indexes': [],
            },
        ),
        migrations.CreateModel(
            name='Assignment',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('roster', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='assignments', to='duty.roster')),
                ('shift', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='assignments', to='duty.shift')),
                ('user', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('capacity', models.CharField(choices=[('leader', 'Leader'), ('deputy', 'Deputy'), ('member', 'Member')], max_length=6)),
                ('marks', models.JSONField(blank=True, default=list)),
            ],
            options={
                'indexes': [models.Index(fields=['user', 'roster'], name='assignment_of')],
                'constraints': [models.UniqueConstraint(fields=('roster', 'shift', 'user'), name='once_on_a_shift')],
            },
        ),
        migrations.CreateModel(
            name='Swap',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('roster', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='swaps', to='duty.roster')),
                ('shift', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='swaps', to='duty.shift')),
                ('giver', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('taker', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('in_return', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='duty.shift')),
                ('state', models.CharField(choices=[('asked', 'Asked'), ('accepted', 'Accepted'), ('approved', 'Approved'), ('refused', 'Refused'), ('withdrawn', 'Withdrawn'), ('lapsed', 'Lapsed')], default='asked', max_length=9)),
                ('asked_at', models.DateTimeField()),
                ('accepted_at', models.DateTimeField(blank=True, null=True)),
                ('decided_at', models.DateTimeField(blank=True, null=True)),
                ('decided_by', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='units.post')),
                ('reason', huiyin.kernel.vault.fields.SealedTextField(blank=True)),
                ('result', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='duty.roster')),
            ],
            options={
                'constraints': [models.UniqueConstraint(condition=models.Q(('state__in', ['asked', 'accepted'])), fields=('shift', 'giver'), name='one_open_swap')],
                'indexes': [],
            },
        ),
        migrations.CreateModel(
            name='Absence',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('shift', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='absences', to='duty.shift')),
                ('user', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('capacity', models.CharField(choices=[('leader', 'Leader'), ('deputy', 'Deputy'), ('member', 'Member')], max_length=6)),
                ('told_at', models.DateTimeField()),
                ('replaced_by', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('replaced_at', models.DateTimeField(blank=True, null=True)),
            ],
            options={
                'constraints': [models.UniqueConstraint(fields=('shift', 'user'), name='one_absence_each')],
                'indexes': [],
            },
        ),
        migrations.CreateModel(
            name='SignIn',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('shift', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='sign_ins', to='duty.shift')),
                ('user', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('capacity', models.CharField(choices=[('leader', 'Leader'), ('deputy', 'Deputy'), ('member', 'Member')], max_length=6)),
                ('at', models.DateTimeField()),
                ('left_at', models.DateTimeField(blank=True, null=True)),
            ],
            options={
                'constraints': [models.UniqueConstraint(fields=('shift', 'user'), name='one_sign_in_each')],
                'indexes': [],
            },
        ),
        migrations.CreateModel(
            name='LogLine',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('point', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='log', to='duty.dutypoint')),
                ('shift', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='log', to='duty.shift')),
                ('at', models.DateTimeField()),
                ('user', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('text', huiyin.kernel.vault.fields.SealedTextField()),
                ('corrects', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='duty.logline')),
                ('salt_key', huiyin.kernel.vault.fields.SealedBytesField()),
                ('entry_digest', models.BinaryField(max_length=32)),
            ],
            options={
                'indexes': [models.Index(fields=['point', 'at'], name='log_of_point')],
                'constraints': [],
            },
        ),
        migrations.CreateModel(
            name='Handover',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('point', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='handovers', to='duty.dutypoint')),
                ('giving', models.OneToOneField(on_delete=django.db.models.deletion.PROTECT, related_name='handed_over', to='duty.shift')),
                ('taking', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='taken_over', to='duty.shift')),
                ('opened_at', models.DateTimeField()),
                ('given_by', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('given_at', models.DateTimeField(blank=True, null=True)),
                ('taken_by', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('taken_at', models.DateTimeField(blank=True, null=True)),
                ('salt_key', huiyin.kernel.vault.fields.SealedBytesField(default=huiyin.kernel.ledger.actions.new_salt_key)),
            ],
            options={
                'indexes': [],
                'constraints': [],
            },
        ),
        migrations.CreateModel(
            name='Meeting',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('room', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='meetings', to='duty.room')),
                ('visit', models.OneToOneField(blank=True, null=True, on_delete=django.db.models.deletion.CASCADE, related_name='meeting', to='duty.visit')),
                ('starts', models.DateTimeField()),
                ('ends', models.DateTimeField()),
                ('representatives', models.PositiveSmallIntegerField(help_text='How many the group sends; it says whom', validators=[django.core.validators.MinValueValidator(1)])),
                ('cancelled_at', models.DateTimeField(blank=True, null=True)),
            ],
            options={
                'constraints': [models.CheckConstraint(condition=models.Q(('ends__gt', models.F('starts'))), name='meeting_ends_later')],
                'indexes': [],
            },
        ),
        migrations.CreateModel(
            name='CheckResult',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('check_done', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='results', to='duty.check')),
                ('item', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='duty.checkitem')),
                ('ok', models.BooleanField()),
                ('number', models.PositiveIntegerField(blank=True, null=True)),
                ('expires', models.DateField(blank=True, null=True)),
                ('note', huiyin.kernel.vault.fields.SealedTextField(blank=True, max_length=200)),
                ('mended_at', models.DateTimeField(blank=True, null=True)),
            ],
            options={
                'indexes': [],
                'constraints': [],
            },
        ),
        migrations.CreateModel(
            name='HandoverItem',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('handover', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='items', to='duty.handover')),
                ('kind', models.CharField(choices=[('case', 'Open letter or matter'), ('incident', 'Running incident'), ('key', 'Key'), ('equipment', 'Equipment'), ('watch', 'To watch')], max_length=9)),
                ('text', huiyin.kernel.vault.fields.SealedTextField(max_length=300)),
                ('carried_from', models.OneToOneField(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='carried_to', to='duty.handoveritem')),
                ('taken_at', models.DateTimeField(blank=True, null=True)),
                ('done_at', models.DateTimeField(blank=True, null=True)),
            ],
            options={
                'indexes': [],
                'constraints': [],
            },
        ),
        *STEPS,
    ]
