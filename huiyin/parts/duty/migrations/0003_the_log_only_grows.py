from django.db import migrations, models

import huiyin.kernel.ledger.actions
from huiyin.kernel.ledger.guards import only_added


class Migration(migrations.Migration):
    dependencies = [("duty", "0002_reception")]

    operations = [
        migrations.AddField(
            model_name="handover",
            name="salt_key",
            field=models.BinaryField(
                default=huiyin.kernel.ledger.actions.new_salt_key, max_length=32
            ),
        ),
        only_added("duty_logline", "a line of the duty log"),
    ]
