"""The tables of this room in one step. A database that has taken all the steps it replaces needs nothing of it."""

import django.db.models.deletion
from django.db import migrations, models

from goldenthread.core.at_once import AtOnce


class Migration(migrations.Migration):

    replaces = [
        ('interchange', '0001_imports'),
        ('interchange', '0002_sheets_of_workbooks'),
        ('interchange', '0003_calendar_feed'),
        ('interchange', '0004_jobs_and_undoing'),
        ('interchange', '0005_webhooks'),
    ]

    initial = True

    dependencies = [
        ('people', '0001_squashed_0009_unit_fte'),
    ]

    operations = [
        AtOnce([
            migrations.CreateModel(
                name='Import',
                fields=[
                    ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                    ('filename', models.CharField(max_length=200)),
                    ('kind', models.CharField(blank=True, default='', max_length=20)),
                    ('digest', models.CharField(max_length=64)),
                    ('data', models.BinaryField(null=True)),
                    ('mapping', models.JSONField(blank=True, default=dict)),
                    ('detected', models.JSONField(blank=True, default=dict)),
                    ('problem', models.TextField(blank=True, default='')),
                    ('state', models.CharField(choices=[('staged', 'Waits'), ('applied', 'Written'), ('discarded', 'Discarded'), ('undone', 'Taken back')], default='staged', max_length=9)),
                    ('confidential', models.BooleanField(default=False)),
                    ('created', models.PositiveIntegerField(default=0)),
                    ('updated', models.PositiveIntegerField(default=0)),
                    ('unchanged', models.PositiveIntegerField(default=0)),
                    ('refused', models.PositiveIntegerField(default=0)),
                    ('proposed', models.PositiveIntegerField(default=0)),
                    ('created_at', models.DateTimeField(auto_now_add=True)),
                    ('applied_at', models.DateTimeField(blank=True, null=True)),
                    ('applied_by', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to='people.person')),
                    ('author', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='imports', to='people.person')),
                    ('job', models.BigIntegerField(blank=True, null=True)),
                    ('marks', models.JSONField(blank=True, default=dict)),
                    ('undone', models.JSONField(blank=True, default=dict)),
                    ('undone_at', models.DateTimeField(blank=True, null=True)),
                    ('undone_by', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to='people.person')),
                ],
                options={
                    'ordering': ['-created_at', '-pk'],
                },
            ),
            migrations.CreateModel(
                name='ImportRow',
                fields=[
                    ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                    ('line', models.PositiveIntegerField()),
                    ('kind', models.CharField(max_length=20)),
                    ('title', models.CharField(max_length=300)),
                    ('about', models.CharField(blank=True, default='', max_length=300)),
                    ('outcome', models.CharField(choices=[('refused', 'Refused'), ('updated', 'Updated'), ('created', 'New'), ('unchanged', 'Unchanged')], max_length=9)),
                    ('reason', models.TextField(blank=True, default='')),
                    ('notes', models.JSONField(blank=True, default=list)),
                    ('changes', models.JSONField(blank=True, default=list)),
                    ('payload', models.JSONField(blank=True, default=dict)),
                    ('fix', models.JSONField(blank=True, default=dict)),
                    ('subject_type', models.CharField(blank=True, default='', max_length=60)),
                    ('subject_id', models.BigIntegerField(blank=True, null=True)),
                    ('file', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='rows', to='interchange.import')),
                    ('sheet', models.CharField(blank=True, default='', max_length=100)),
                ],
                options={
                    'ordering': ['line', 'pk'],
                    'indexes': [
                        models.Index(fields=['file', 'outcome', 'line'], name='interchange_file_id_87a074_idx'),
                    ],
                },
            ),
            migrations.CreateModel(
                name='CalendarFeed',
                fields=[
                    ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                    ('digest', models.CharField(max_length=64, unique=True)),
                    ('created_at', models.DateTimeField(auto_now_add=True)),
                    ('person', models.OneToOneField(on_delete=django.db.models.deletion.CASCADE, related_name='calendar_feed', to='people.person')),
                ],
            ),
            migrations.CreateModel(
                name='Webhook',
                fields=[
                    ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                    ('external_id', models.CharField(blank=True, default='', max_length=200)),
                    ('version', models.PositiveIntegerField(default=1)),
                    ('created_at', models.DateTimeField(auto_now_add=True)),
                    ('updated_at', models.DateTimeField(auto_now=True)),
                    ('name', models.CharField(max_length=100)),
                    ('url', models.CharField(max_length=500)),
                    ('nouns', models.JSONField(default=list)),
                    ('state', models.CharField(choices=[('on', 'On'), ('paused', 'Paused'), ('off', 'Switched off')], default='on', max_length=6)),
                    ('secret', models.TextField()),
                    ('previous_secret', models.TextField(blank=True, default='')),
                    ('previous_until', models.DateTimeField(blank=True, null=True)),
                    ('relayed_to', models.BigIntegerField(default=0)),
                    ('failing_since', models.DateTimeField(blank=True, null=True)),
                ],
                options={
                    'ordering': ['name', 'pk'],
                    'constraints': [
                        models.UniqueConstraint(condition=models.Q(('external_id', ''), _negated=True), fields=('external_id',), name='interchange_webhook_external_id'),
                    ],
                },
            ),
            migrations.CreateModel(
                name='Delivery',
                fields=[
                    ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                    ('event', models.BigIntegerField(null=True)),
                    ('type', models.CharField(max_length=100)),
                    ('message_id', models.CharField(max_length=40, unique=True)),
                    ('state', models.CharField(choices=[('waiting', 'Waits'), ('sending', 'Being sent'), ('delivered', 'Delivered'), ('failed', 'Failed'), ('withheld', 'Held back')], default='waiting', max_length=9)),
                    ('tries', models.PositiveSmallIntegerField(default=0)),
                    ('due_at', models.DateTimeField()),
                    ('status', models.PositiveSmallIntegerField(null=True)),
                    ('answer', models.TextField(blank=True, default='')),
                    ('error', models.TextField(blank=True, default='')),
                    ('created_at', models.DateTimeField(auto_now_add=True)),
                    ('changed_at', models.DateTimeField(auto_now=True)),
                    ('webhook', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='deliveries', to='interchange.webhook')),
                ],
                options={
                    'verbose_name_plural': 'deliveries',
                    'ordering': ['-pk'],
                    'indexes': [
                        models.Index(fields=['webhook', 'state', 'due_at'], name='interchange_webhook_9d1bbf_idx'),
                    ],
                    'constraints': [
                        models.UniqueConstraint(fields=('webhook', 'event'), name='interchange_one_delivery_an_event'),
                    ],
                },
            ),
        ]),
    ]
