import huiyin.kernel.ledger.actions
import huiyin.kernel.vault.fields
from django.db import migrations

from huiyin.parts.duty.migrations._steps import STEPS


class Migration(migrations.Migration):

    dependencies = [
        ('duty', '0001_tables'),
    ]

    operations = [
        migrations.AlterField(
            model_name='checkresult',
            name='note',
            field=huiyin.kernel.vault.fields.SealedTextField(blank=True, max_length=200),
        ),
        migrations.AlterField(
            model_name='dutypoint',
            name='medical',
            field=huiyin.kernel.vault.fields.SealedTextField(blank=True, help_text='Who helps when somebody on duty feels ill', max_length=80),
        ),
        migrations.AlterField(
            model_name='dutypoint',
            name='telephone',
            field=huiyin.kernel.vault.fields.SealedTextField(blank=True, max_length=32),
        ),
        migrations.AlterField(
            model_name='eligible',
            name='telephone',
            field=huiyin.kernel.vault.fields.SealedTextField(blank=True, max_length=32),
        ),
        migrations.AlterField(
            model_name='handover',
            name='salt_key',
            field=huiyin.kernel.vault.fields.SealedBytesField(default=huiyin.kernel.ledger.actions.new_salt_key),
        ),
        migrations.AlterField(
            model_name='handoveritem',
            name='text',
            field=huiyin.kernel.vault.fields.SealedTextField(max_length=300),
        ),
        migrations.AlterField(
            model_name='logline',
            name='salt_key',
            field=huiyin.kernel.vault.fields.SealedBytesField(),
        ),
        migrations.AlterField(
            model_name='logline',
            name='text',
            field=huiyin.kernel.vault.fields.SealedTextField(),
        ),
        migrations.AlterField(
            model_name='roster',
            name='reason',
            field=huiyin.kernel.vault.fields.SealedTextField(blank=True, help_text='Why it was returned, or changed'),
        ),
        migrations.AlterField(
            model_name='roster',
            name='salt_key',
            field=huiyin.kernel.vault.fields.SealedBytesField(default=huiyin.kernel.ledger.actions.new_salt_key),
        ),
        migrations.AlterField(
            model_name='swap',
            name='reason',
            field=huiyin.kernel.vault.fields.SealedTextField(blank=True),
        ),
        migrations.AlterField(
            model_name='visit',
            name='language',
            field=huiyin.kernel.vault.fields.SealedTextField(blank=True, max_length=40),
        ),
        *STEPS,
    ]
