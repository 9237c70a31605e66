import huiyin.kernel.vault.fields
from django.db import migrations, models


class Migration(migrations.Migration):

    initial = True

    dependencies = [
    ]

    operations = [
        migrations.CreateModel(
            name='HeldRow',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('table', models.CharField(max_length=40)),
                ('key', models.BigIntegerField()),
                ('name', models.CharField(max_length=32, unique=True)),
                ('salt_key', huiyin.kernel.vault.fields.SealedBytesField()),
            ],
            options={
                'constraints': [models.UniqueConstraint(fields=('table', 'key'), name='each_row_held_once')],
                'indexes': [],
            },
        ),
    ]
