import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):

    replaces = [('cases', '0001_initial'), ('cases', '0002_case_public_name'), ('cases', '0002_code_shared'), ('cases', '0002_search'), ('cases', '0003_importednumber'), ('cases', '0004_search_statistics')]

    initial = True

    dependencies = [
        ('auth', '__first__'),
        ('ledger', '0001_tables'),
        ('units', '0001_tables'),
    ]

    operations = [
        migrations.CreateModel(
            name='Category',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('parent', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='children', to='cases.category')),
                ('code', models.CharField(max_length=40, unique=True)),
                ('name', models.CharField(max_length=80)),
                ('name_en', models.CharField(blank=True, max_length=120)),
                ('closed_at', models.DateTimeField(blank=True, null=True)),
            ],
            options={
                'indexes': [],
                'constraints': [],
            },
        ),
        migrations.CreateModel(
            name='SearchSegment',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('number', models.PositiveIntegerField(unique=True)),
                ('version', models.PositiveIntegerField(default=1)),
                ('wrapped_key', models.BinaryField()),
            ],
            options={
                'indexes': [],
                'constraints': [],
            },
        ),
        migrations.CreateModel(
            name='Claim',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('unit', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='claims', to='units.unit')),
                ('category', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.CASCADE, to='cases.category')),
                ('place', models.CharField(blank=True, max_length=80)),
                ('matter', models.CharField(blank=True, max_length=80)),
            ],
            options={
                'constraints': [models.CheckConstraint(condition=models.Q(('category__isnull', False), models.Q(('place', ''), _negated=True), models.Q(('matter', ''), _negated=True), _connector='OR'), name='claim_says_something')],
                'indexes': [],
            },
        ),
        migrations.CreateModel(
            name='Case',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('locator', models.CharField(max_length=12, unique=True)),
                ('public_name', models.CharField(blank=True, max_length=40)),
                ('secret_hash', models.BinaryField(max_length=64)),
                ('phrase_hash', models.CharField(blank=True, max_length=200)),
                ('code_shared', models.BooleanField(default=False)),
                ('received_at', models.DateTimeField()),
                ('channel', models.CharField(choices=[('web', 'Web form'), ('counter', 'At the counter'), ('telephone', 'By telephone'), ('post', 'By post'), ('email', 'E-mail'), ('import', 'Imported'), ('api', 'Programming interface')], max_length=10)),
                ('naming', models.CharField(choices=[('anonymous', 'Anonymous'), ('named', 'Named'), ('joint', 'Joint letter')], max_length=10)),
                ('language', models.CharField(default='zh-hans', max_length=8)),
                ('category', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, to='cases.category')),
                ('place_unit', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='units.unit')),
                ('complained_unit', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='units.unit')),
                ('complained_post', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='units.post')),
                ('conflict_unit', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='units.unit')),
                ('danger', models.BooleanField(default=False)),
                ('text_key', models.BinaryField(null=True)),
                ('key_version', models.PositiveSmallIntegerField(default=1)),
                ('title', models.BinaryField()),
                ('stage', models.CharField(choices=[('received', 'Received'), ('forwarded', 'Forwarded to a unit'), ('disputed', 'Who answers is being decided'), ('accepted', 'Being handled'), ('declined', 'Not accepted'), ('answered', 'Answered'), ('reviewing', 'Under review'), ('reviewed', 'Review decided'), ('final_reviewing', 'Under final review'), ('final_reviewed', 'Final review decided'), ('asked', 'Asking whether it is solved'), ('closed', 'Closed'), ('withdrawn', 'Withdrawn by the writer')], max_length=16)),
                ('unit', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='cases', to='units.unit')),
                ('owner', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='cases', to='units.post')),
                ('next_due_at', models.DateTimeField(null=True)),
                ('steps_count', models.PositiveIntegerField(default=0)),
                ('accepted_at', models.DateTimeField(null=True)),
                ('answered_at', models.DateTimeField(null=True)),
                ('level', models.PositiveSmallIntegerField(default=0)),
                ('closed_at', models.DateTimeField(null=True)),
                ('closed_why', models.CharField(blank=True, max_length=16)),
                ('erased_at', models.DateTimeField(null=True)),
            ],
            options={
                'indexes': [models.Index(fields=['unit', 'next_due_at'], name='case_unit_due'), models.Index(fields=['unit', '-id'], name='case_unit_newest'), models.Index(fields=['owner', 'next_due_at'], name='case_owner_due'), models.Index(condition=models.Q(('next_due_at__isnull', False)), fields=['next_due_at', 'id'], name='case_due'), models.Index(fields=['stage', '-id'], name='case_stage_newest'), models.Index(condition=models.Q(('closed_at__isnull', False), ('erased_at__isnull', True)), fields=['closed_at'], name='case_to_erase')],
                'constraints': [],
            },
        ),
        migrations.CreateModel(
            name='SearchBucket',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('segment', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='buckets', to='cases.searchsegment')),
                ('number', models.PositiveSmallIntegerField()),
                ('sealed', models.BinaryField()),
            ],
            options={
                'constraints': [models.UniqueConstraint(fields=('segment', 'number'), name='one_search_bucket')],
                'indexes': [],
            },
        ),
        migrations.CreateModel(
            name='Step',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('case', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='steps', to='cases.case')),
                ('number', models.PositiveIntegerField()),
                ('kind', models.CharField(max_length=32)),
                ('at', models.DateTimeField()),
                ('by', models.CharField(choices=[('writer', 'The writer'), ('post', 'A post'), ('clock', 'The clock')], max_length=6)),
                ('post', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='units.post')),
                ('user', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('shown', models.BooleanField(default=True)),
                ('facts', models.JSONField(default=dict)),
                ('body', models.BinaryField(null=True)),
                ('entry', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='ledger.entry')),
            ],
            options={
                'constraints': [models.UniqueConstraint(fields=('case', 'number'), name='steps_in_order')],
                'indexes': [],
            },
        ),
        migrations.CreateModel(
            name='Involvement',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('case', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='involvements', to='cases.case')),
                ('post', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='involvements', to='units.post')),
                ('user', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('capacity', models.CharField(choices=[('reception', 'Reception'), ('owner', 'Owner'), ('helper', 'Co-handling'), ('arbiter', 'Decides who answers'), ('superior', 'Decided as superior'), ('reviewer', 'Reviewer')], max_length=9)),
                ('level', models.PositiveSmallIntegerField(default=0)),
                ('started_at', models.DateTimeField()),
                ('ended_at', models.DateTimeField(null=True)),
            ],
            options={
                'indexes': [models.Index(condition=models.Q(('ended_at__isnull', True)), fields=['post', 'case'], name='involved_post')],
                'constraints': [],
            },
        ),
        migrations.CreateModel(
            name='Remedy',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('case', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='remedies', to='cases.case')),
                ('number', models.PositiveSmallIntegerField()),
                ('post', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='units.post')),
                ('text', models.BinaryField()),
                ('due_on', models.DateField()),
                ('state', models.CharField(choices=[('promised', 'Promised'), ('done', 'Reported as done'), ('confirmed', 'Confirmed'), ('disputed', 'Not done, says the writer')], default='promised', max_length=9)),
                ('done_at', models.DateTimeField(null=True)),
            ],
            options={
                'constraints': [models.UniqueConstraint(fields=('case', 'number'), name='remedy_number')],
                'indexes': [],
            },
        ),
        migrations.CreateModel(
            name='Review',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('case', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='reviews', to='cases.case')),
                ('level', models.PositiveSmallIntegerField()),
                ('round', models.PositiveSmallIntegerField(default=1)),
                ('post', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='units.post')),
                ('asked_at', models.DateTimeField()),
                ('decided_at', models.DateTimeField(null=True)),
                ('outcome', models.CharField(blank=True, choices=[('upheld', 'The answer stands'), ('changed', 'The answer is changed'), ('returned', 'To be handled anew')], max_length=8)),
            ],
            options={
                'constraints': [models.UniqueConstraint(fields=('case', 'level', 'round'), name='one_review_a_level')],
                'indexes': [],
            },
        ),
        migrations.CreateModel(
            name='Hearing',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('case', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='hearings', to='cases.case')),
                ('form', models.CharField(choices=[('hearing', 'Hearing'), ('mediation', 'Mediation')], max_length=9)),
                ('at', models.DateTimeField()),
                ('held_at', models.DateTimeField(null=True)),
            ],
            options={
                'indexes': [],
                'constraints': [],
            },
        ),
        migrations.CreateModel(
            name='Extension',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('case', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='extensions', to='cases.case')),
                ('days', models.PositiveSmallIntegerField()),
                ('asked_at', models.DateTimeField()),
                ('asked_by', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='units.post')),
                ('reason', models.BinaryField()),
                ('decided_at', models.DateTimeField(null=True)),
                ('granted', models.BooleanField(null=True)),
            ],
            options={
                'constraints': [models.UniqueConstraint(condition=models.Q(('granted', True)), fields=('case',), name='one_extension'), models.UniqueConstraint(condition=models.Q(('decided_at__isnull', True)), fields=('case',), name='one_extension_asked')],
                'indexes': [],
            },
        ),
        migrations.CreateModel(
            name='Rating',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('case', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='ratings', to='cases.case')),
                ('level', models.PositiveSmallIntegerField(default=0)),
                ('handling', models.PositiveSmallIntegerField()),
                ('outcome', models.PositiveSmallIntegerField()),
                ('at', models.DateTimeField()),
            ],
            options={
                'constraints': [models.UniqueConstraint(fields=('case', 'level'), name='one_rating_a_level'), models.CheckConstraint(condition=models.Q(('handling__range', (1, 5)), ('outcome__range', (1, 5))), name='rating_one_to_five')],
                'indexes': [],
            },
        ),
        migrations.CreateModel(
            name='ImportedNumber',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('digest', models.BinaryField(max_length=32, unique=True)),
                ('case', models.OneToOneField(on_delete=django.db.models.deletion.CASCADE, related_name='imported', to='cases.case')),
            ],
            options={
                'indexes': [],
                'constraints': [],
            },
        ),
        migrations.CreateModel(
            name='SearchPending',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('case', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='+', to='cases.case')),
            ],
            options={
                'indexes': [],
                'constraints': [],
            },
        ),
    ]
