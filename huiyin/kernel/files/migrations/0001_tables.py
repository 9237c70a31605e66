import huiyin.kernel.files.models
from django.db import migrations, models


class Migration(migrations.Migration):

    replaces = [('files', '0001_initial'), ('files', '0002_attachment_remarks')]

    initial = True

    dependencies = [
    ]

    operations = [
        migrations.CreateModel(
            name='StoredFile',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('subject', models.CharField(db_index=True, max_length=64)),
                ('token', models.CharField(default=huiyin.kernel.files.models.new_token, max_length=22, unique=True)),
                ('name_sealed', models.BinaryField()),
                ('mime', models.CharField(max_length=100)),
                ('extension', models.CharField(max_length=8)),
                ('size', models.PositiveIntegerField(help_text='bytes of the copy that is shown')),
                ('residue', models.BooleanField(default=False)),
                ('remarks', models.CharField(blank=True, default='', help_text='what the copy lacks: verdict.Remark, by comma', max_length=64)),
                ('clean_digest', models.CharField(db_index=True, max_length=64, null=True)),
                ('original_digest', models.CharField(db_index=True, max_length=64, null=True)),
                ('identity_version', models.PositiveIntegerField(null=True)),
                ('created_at', models.DateTimeField()),
                ('removed_at', models.DateTimeField(null=True)),
            ],
            options={
                'indexes': [models.Index(condition=models.Q(('subject__startswith', 'draft:')), fields=['created_at'], name='files_drafts_by_age')],
                'constraints': [models.CheckConstraint(condition=models.Q(models.Q(('clean_digest__isnull', False), ('removed_at__isnull', True)), models.Q(('clean_digest__isnull', True), ('original_digest__isnull', True), ('removed_at__isnull', False)), _connector='OR'), name='files_removed_holds_no_blob')],
            },
        ),
    ]
