"""The tables of this room in one step. A database that has taken all the steps it replaces needs nothing of it."""

from django.db import migrations, models

from goldenthread.core import triggers
from goldenthread.core.at_once import AtOnce


def create(apps, schema_editor):
    for statement in triggers.create(schema_editor.connection.vendor):
        schema_editor.execute(statement, params=None)


def drop(apps, schema_editor):
    for statement in triggers.drop(schema_editor.connection.vendor):
        schema_editor.execute(statement, params=None)


class Migration(migrations.Migration):

    replaces = [
        ('core', '0001_initial'),
        ('core', '0002_one_organisation'),
        ('core', '0003_append_only_audit'),
        ('core', '0004_jobs_and_letters'),
        ('core', '0005_refused_jobs'),
        ('core', '0006_history_from'),
        ('core', '0007_history_begins'),
        ('core', '0008_kept_answers'),
    ]

    initial = True

    dependencies = []

    operations = [
        AtOnce([
            migrations.CreateModel(
                name='AuditSeal',
                fields=[
                    ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                    ('first_id', models.BigIntegerField()),
                    ('last_id', models.BigIntegerField(unique=True)),
                    ('previous', models.CharField(max_length=64)),
                    ('digest', models.CharField(max_length=64)),
                    ('at', models.DateTimeField(auto_now_add=True)),
                ],
            ),
            migrations.CreateModel(
                name='PersonKey',
                fields=[
                    ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                    ('person_id', models.BigIntegerField(unique=True)),
                    ('key', models.BinaryField()),
                ],
            ),
            migrations.CreateModel(
                name='AuditRecord',
                fields=[
                    ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                    ('at', models.DateTimeField(auto_now_add=True)),
                    ('actor_id', models.BigIntegerField(null=True)),
                    ('verb', models.CharField(max_length=60)),
                    ('subject_type', models.CharField(max_length=60)),
                    ('subject_id', models.BigIntegerField()),
                    ('before', models.JSONField(default=dict)),
                    ('after', models.JSONField(default=dict)),
                    ('note', models.TextField(blank=True, default='')),
                ],
                options={
                    'indexes': [
                        models.Index(fields=['subject_type', 'subject_id', 'id'], name='core_auditr_subject_2c1806_idx'),
                    ],
                },
            ),
            migrations.CreateModel(
                name='Organisation',
                fields=[
                    ('id', models.PositiveSmallIntegerField(default=1, editable=False, primary_key=True, serialize=False)),
                    ('name', models.CharField(max_length=200)),
                    ('time_zone', models.CharField(default='UTC', max_length=64)),
                    ('currency', models.CharField(default='EUR', max_length=3)),
                    ('minimum_group', models.PositiveSmallIntegerField(default=5)),
                    ('cadence_days', models.PositiveSmallIntegerField(default=7, help_text='Days between two check-ins, unless an objective says otherwise.')),
                    ('stands_on', models.DateField(blank=True, help_text='A demo stands still on this day; empty for a real one.', null=True)),
                    ('created_at', models.DateTimeField(auto_now_add=True)),
                    ('history_from', models.DateField(blank=True, help_text='What held before this day was not kept; empty: all was.', null=True)),
                ],
                options={
                    'constraints': [
                        models.CheckConstraint(condition=models.Q(('pk', 1)), name='one_organisation'),
                    ],
                },
            ),
            migrations.CreateModel(
                name='Period',
                fields=[
                    ('kind', models.CharField(max_length=60, primary_key=True, serialize=False)),
                    ('due_at', models.DateTimeField()),
                ],
            ),
            migrations.CreateModel(
                name='Worker',
                fields=[
                    ('name', models.CharField(max_length=120, primary_key=True, serialize=False)),
                    ('threads', models.PositiveSmallIntegerField(default=1)),
                    ('started_at', models.DateTimeField()),
                    ('seen_at', models.DateTimeField()),
                    ('stopped', models.BooleanField(default=False)),
                ],
            ),
            migrations.CreateModel(
                name='Job',
                fields=[
                    ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                    ('kind', models.CharField(max_length=60)),
                    ('arguments', models.JSONField(default=dict)),
                    ('key', models.CharField(blank=True, default='', max_length=200)),
                    ('state', models.CharField(choices=[('waiting', 'Waits'), ('running', 'Runs'), ('done', 'Done'), ('failed', 'Failed'), ('cancelled', 'Cancelled')], default='waiting', max_length=9)),
                    ('due_at', models.DateTimeField()),
                    ('actor_id', models.BigIntegerField(null=True)),
                    ('attempts', models.PositiveIntegerField(default=0)),
                    ('token', models.UUIDField(null=True)),
                    ('leased_until', models.DateTimeField(null=True)),
                    ('checkpoint', models.JSONField(default=dict)),
                    ('done', models.PositiveIntegerField(default=0)),
                    ('total', models.PositiveIntegerField(null=True)),
                    ('words', models.CharField(blank=True, default='', max_length=200)),
                    ('cancel_asked', models.BooleanField(default=False)),
                    ('error', models.TextField(blank=True, default='')),
                    ('created_at', models.DateTimeField(auto_now_add=True)),
                    ('started_at', models.DateTimeField(null=True)),
                    ('finished_at', models.DateTimeField(null=True)),
                    ('refused', models.BooleanField(default=False)),
                ],
                options={
                    'ordering': ['pk'],
                    'indexes': [
                        models.Index(fields=['state', 'due_at'], name='core_job_state_456d01_idx'),
                        models.Index(fields=['kind', 'key', 'state'], name='core_job_kind_adf4c0_idx'),
                    ],
                    'constraints': [
                        models.UniqueConstraint(condition=models.Q(('attempts', 0), ('state', 'waiting'), models.Q(('key', ''), _negated=True)), fields=('kind', 'key'), name='core_one_waiting_job_a_key'),
                    ],
                },
            ),
            migrations.CreateModel(
                name='Letter',
                fields=[
                    ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                    ('kind', models.CharField(max_length=60)),
                    ('to', models.EmailField(max_length=320)),
                    ('subject', models.CharField(max_length=300)),
                    ('body', models.TextField(blank=True, default='')),
                    ('message_id', models.CharField(max_length=200, unique=True)),
                    ('state', models.CharField(choices=[('waiting', 'Waits'), ('sending', 'Being sent'), ('sent', 'Sent'), ('unsure', 'Unsure'), ('failed', 'Not sent')], default='waiting', max_length=7)),
                    ('tries', models.PositiveSmallIntegerField(default=0)),
                    ('error', models.TextField(blank=True, default='')),
                    ('created_at', models.DateTimeField(auto_now_add=True)),
                    ('changed_at', models.DateTimeField(auto_now=True)),
                ],
                options={
                    'ordering': ['-pk'],
                    'indexes': [
                        models.Index(fields=['state', 'id'], name='core_letter_state_75fce4_idx'),
                    ],
                },
            ),
            migrations.CreateModel(
                name='KeptAnswer',
                fields=[
                    ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                    ('person_id', models.BigIntegerField()),
                    ('key', models.CharField(max_length=200)),
                    ('digest', models.CharField(max_length=64)),
                    ('status', models.PositiveSmallIntegerField(default=0)),
                    ('body', models.TextField(blank=True, default='')),
                    ('headers', models.JSONField(blank=True, default=dict)),
                    ('kept_at', models.DateTimeField(auto_now_add=True, db_index=True)),
                ],
                options={
                    'constraints': [
                        models.UniqueConstraint(fields=('person_id', 'key'), name='core_kept_answer_key'),
                    ],
                },
            ),
        ]),
        migrations.RunPython(create, drop),
    ]
