from django.db import migrations, models


class Migration(migrations.Migration):

    initial = True

    dependencies = [
    ]

    operations = [
        migrations.CreateModel(
            name='Counter',
            fields=[
                ('key', models.CharField(max_length=43, primary_key=True, serialize=False)),
                ('count', models.PositiveIntegerField()),
                ('until', models.BigIntegerField(db_index=True)),
            ],
            options={
                'indexes': [],
                'constraints': [],
            },
        ),
    ]
