from django.db import migrations

from huiyin.kernel.ledger.guards import only_added


class Migration(migrations.Migration):
    dependencies = [("reports", "0001_initial")]

    operations = [only_added("reports_version", "a version of a report")]
