import huiyin.kernel.ledger.actions
import huiyin.kernel.vault.fields
from django.db import migrations

from huiyin.parts.reports.migrations._steps import STEPS


class Migration(migrations.Migration):

    dependencies = [
        ('reports', '0001_tables'),
    ]

    operations = [
        migrations.AlterField(
            model_name='arrival',
            name='action',
            field=huiyin.kernel.vault.fields.SealedTextField(blank=True),
        ),
        migrations.AlterField(
            model_name='arrival',
            name='salt_key',
            field=huiyin.kernel.vault.fields.SealedBytesField(default=huiyin.kernel.ledger.actions.new_salt_key),
        ),
        migrations.AlterField(
            model_name='incident',
            name='place',
            field=huiyin.kernel.vault.fields.SealedTextField(max_length=200),
        ),
        migrations.AlterField(
            model_name='incident',
            name='review',
            field=huiyin.kernel.vault.fields.SealedJSONField(blank=True, default=dict),
        ),
        migrations.AlterField(
            model_name='incident',
            name='salt_key',
            field=huiyin.kernel.vault.fields.SealedBytesField(default=huiyin.kernel.ledger.actions.new_salt_key),
        ),
        migrations.AlterField(
            model_name='incident',
            name='stood_down_why',
            field=huiyin.kernel.vault.fields.SealedTextField(blank=True),
        ),
        migrations.AlterField(
            model_name='incident',
            name='title',
            field=huiyin.kernel.vault.fields.SealedTextField(max_length=120),
        ),
        migrations.AlterField(
            model_name='incidentline',
            name='salt_key',
            field=huiyin.kernel.vault.fields.SealedBytesField(),
        ),
        migrations.AlterField(
            model_name='incidentline',
            name='text',
            field=huiyin.kernel.vault.fields.SealedTextField(),
        ),
        migrations.AlterField(
            model_name='incidentline',
            name='why',
            field=huiyin.kernel.vault.fields.SealedTextField(blank=True),
        ),
        migrations.AlterField(
            model_name='incidenttask',
            name='outcome',
            field=huiyin.kernel.vault.fields.SealedTextField(blank=True),
        ),
        migrations.AlterField(
            model_name='incidenttask',
            name='salt_key',
            field=huiyin.kernel.vault.fields.SealedBytesField(default=huiyin.kernel.ledger.actions.new_salt_key),
        ),
        migrations.AlterField(
            model_name='incidenttask',
            name='text',
            field=huiyin.kernel.vault.fields.SealedTextField(max_length=300),
        ),
        migrations.AlterField(
            model_name='mark',
            name='evidence',
            field=huiyin.kernel.vault.fields.SealedJSONField(default=dict),
        ),
        migrations.AlterField(
            model_name='mark',
            name='reply',
            field=huiyin.kernel.vault.fields.SealedTextField(blank=True),
        ),
        migrations.AlterField(
            model_name='mark',
            name='salt_key',
            field=huiyin.kernel.vault.fields.SealedBytesField(default=huiyin.kernel.ledger.actions.new_salt_key),
        ),
        migrations.AlterField(
            model_name='mark',
            name='withdrawn_why',
            field=huiyin.kernel.vault.fields.SealedTextField(blank=True),
        ),
        migrations.AlterField(
            model_name='report',
            name='draft',
            field=huiyin.kernel.vault.fields.SealedJSONField(blank=True, default=dict),
        ),
        migrations.AlterField(
            model_name='version',
            name='fields',
            field=huiyin.kernel.vault.fields.SealedJSONField(),
        ),
        migrations.AlterField(
            model_name='version',
            name='salt_key',
            field=huiyin.kernel.vault.fields.SealedBytesField(),
        ),
        migrations.AlterField(
            model_name='window',
            name='title',
            field=huiyin.kernel.vault.fields.SealedTextField(max_length=120),
        ),
        migrations.AlterField(
            model_name='windowreply',
            name='cause',
            field=huiyin.kernel.vault.fields.SealedTextField(),
        ),
        migrations.AlterField(
            model_name='windowreply',
            name='reply',
            field=huiyin.kernel.vault.fields.SealedTextField(blank=True),
        ),
        migrations.AlterField(
            model_name='windowreply',
            name='salt_key',
            field=huiyin.kernel.vault.fields.SealedBytesField(default=huiyin.kernel.ledger.actions.new_salt_key),
        ),
        migrations.AlterField(
            model_name='windowversion',
            name='salt_key',
            field=huiyin.kernel.vault.fields.SealedBytesField(),
        ),
        *STEPS,
    ]
