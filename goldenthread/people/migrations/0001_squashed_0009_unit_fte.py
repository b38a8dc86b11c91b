"""The tables of this room in one step. A database that has taken all the steps it replaces needs nothing of it."""

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models

from goldenthread.core.at_once import AtOnce


class Migration(migrations.Migration):

    replaces = [
        ('people', '0001_initial'),
        ('people', '0002_invited_at'),
        ('people', '0003_held'),
        ('people', '0004_open_held'),
        ('people', '0005_access_tokens'),
        ('people', '0006_account_security'),
        ('people', '0007_deputies'),
        ('people', '0008_reminders'),
        ('people', '0009_unit_fte'),
    ]

    initial = True

    dependencies = []

    operations = [
        AtOnce([
            migrations.CreateModel(
                name='User',
                fields=[
                    ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                    ('password', models.CharField(max_length=128, verbose_name='password')),
                    ('last_login', models.DateTimeField(blank=True, null=True, verbose_name='last login')),
                    ('email', models.EmailField(max_length=254, unique=True)),
                    ('is_active', models.BooleanField(default=True)),
                    ('date_joined', models.DateTimeField(auto_now_add=True)),
                    ('sessions_key', models.CharField(blank=True, default='', max_length=32)),
                    ('reminders', models.CharField(choices=[('daily', 'When something new is due, once a day at most'), ('weekly', 'On Mondays'), ('off', 'Never')], default='daily', max_length=6)),
                ],
            ),
            migrations.CreateModel(
                name='Person',
                fields=[
                    ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                    ('external_id', models.CharField(blank=True, default='', max_length=200)),
                    ('version', models.PositiveIntegerField(default=1)),
                    ('created_at', models.DateTimeField(auto_now_add=True)),
                    ('updated_at', models.DateTimeField(auto_now=True)),
                    ('name', models.CharField(max_length=200)),
                    ('email', models.EmailField(blank=True, default='', max_length=254)),
                    ('position', models.CharField(blank=True, default='', max_length=200)),
                    ('level', models.CharField(blank=True, default='', max_length=60)),
                    ('fte', models.DecimalField(decimal_places=2, default=1, max_digits=4)),
                    ('start', models.DateField(blank=True, null=True)),
                    ('end', models.DateField(blank=True, null=True)),
                    ('granted_leader', models.BooleanField(default=False)),
                    ('heads_unit', models.BooleanField(default=False)),
                    ('sponsors', models.BooleanField(default=False)),
                    ('is_hr', models.BooleanField(default=False)),
                    ('is_admin', models.BooleanField(default=False)),
                    ('manager', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='reports', to='people.person')),
                    ('user', models.OneToOneField(blank=True, null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='person', to=settings.AUTH_USER_MODEL)),
                    ('unit', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='people', to='people.unit')),
                    ('invited_at', models.DateTimeField(blank=True, null=True)),
                    ('deputises_until', models.DateField(blank=True, null=True)),
                ],
                options={
                    'ordering': ['name'],
                    'indexes': [
                        models.Index(fields=['name'], name='people_pers_name_3035d1_idx'),
                    ],
                    'constraints': [
                        models.UniqueConstraint(condition=models.Q(('external_id', ''), _negated=True), fields=('external_id',), name='people_person_external_id'),
                        models.UniqueConstraint(condition=models.Q(('email', ''), _negated=True), fields=('email',), name='people_person_email'),
                        models.CheckConstraint(condition=models.Q(('end__isnull', True), ('start__isnull', True), ('end__gte', models.F('start')), _connector='OR'), name='people_person_dates'),
                    ],
                },
            ),
            migrations.CreateModel(
                name='Unit',
                fields=[
                    ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                    ('external_id', models.CharField(blank=True, default='', max_length=200)),
                    ('version', models.PositiveIntegerField(default=1)),
                    ('created_at', models.DateTimeField(auto_now_add=True)),
                    ('updated_at', models.DateTimeField(auto_now=True)),
                    ('name', models.CharField(max_length=200)),
                    ('ended_on', models.DateField(blank=True, null=True)),
                    ('leader', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='led_units', to='people.person')),
                    ('parent', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='children', to='people.unit')),
                    ('fte', models.DecimalField(blank=True, decimal_places=2, max_digits=9, null=True)),
                ],
                options={
                    'ordering': ['name'],
                    'constraints': [
                        models.UniqueConstraint(condition=models.Q(('external_id', ''), _negated=True), fields=('external_id',), name='people_unit_external_id'),
                        models.CheckConstraint(condition=models.Q(('fte__isnull', True), ('fte__gt', 0), _connector='OR'), name='people_unit_fte'),
                    ],
                },
            ),
            migrations.CreateModel(
                name='UnitClosure',
                fields=[
                    ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                    ('depth', models.PositiveSmallIntegerField()),
                    ('ancestor', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='closure_below', to='people.unit')),
                    ('descendant', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='closure_above', to='people.unit')),
                ],
                options={
                    'constraints': [
                        models.UniqueConstraint(fields=('ancestor', 'descendant'), name='people_unit_closure'),
                    ],
                },
            ),
            migrations.CreateModel(
                name='Absence',
                fields=[
                    ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                    ('start', models.DateField()),
                    ('end', models.DateField()),
                    ('person', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='absences', to='people.person')),
                ],
                options={
                    'ordering': ['start'],
                    'constraints': [
                        models.CheckConstraint(condition=models.Q(('end__gte', models.F('start'))), name='people_absence_dates'),
                    ],
                },
            ),
            migrations.CreateModel(
                name='ReportingClosure',
                fields=[
                    ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                    ('depth', models.PositiveSmallIntegerField()),
                    ('manager', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='closure_below', to='people.person')),
                    ('report', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='closure_above', to='people.person')),
                ],
                options={
                    'constraints': [
                        models.UniqueConstraint(fields=('manager', 'report'), name='people_reporting_closure'),
                    ],
                },
            ),
            migrations.CreateModel(
                name='PersonHeld',
                fields=[
                    ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                    ('valid_from', models.DateField()),
                    ('valid_to', models.DateField(blank=True, null=True)),
                    ('start', models.DateField(blank=True, null=True)),
                    ('end', models.DateField(blank=True, null=True)),
                    ('manager', models.ForeignKey(blank=True, db_index=False, null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to='people.person')),
                    ('person', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='periods', to='people.person')),
                    ('unit', models.ForeignKey(blank=True, db_index=False, null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to='people.unit')),
                ],
                options={
                    'constraints': [
                        models.UniqueConstraint(condition=models.Q(('valid_to__isnull', True)), fields=('person',), name='people_person_held_one_open'),
                        models.CheckConstraint(condition=models.Q(('valid_to__isnull', True), ('valid_to__gte', models.F('valid_from')), _connector='OR'), name='people_person_held_dates'),
                    ],
                },
            ),
            migrations.CreateModel(
                name='UnitHeld',
                fields=[
                    ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                    ('valid_from', models.DateField()),
                    ('valid_to', models.DateField(blank=True, null=True)),
                    ('ended_on', models.DateField(blank=True, null=True)),
                    ('leader', models.ForeignKey(blank=True, db_index=False, null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to='people.person')),
                    ('parent', models.ForeignKey(blank=True, db_index=False, null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to='people.unit')),
                    ('unit', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='periods', to='people.unit')),
                    ('fte', models.DecimalField(blank=True, decimal_places=2, max_digits=9, null=True)),
                ],
                options={
                    'constraints': [
                        models.UniqueConstraint(condition=models.Q(('valid_to__isnull', True)), fields=('unit',), name='people_unit_held_one_open'),
                        models.CheckConstraint(condition=models.Q(('valid_to__isnull', True), ('valid_to__gte', models.F('valid_from')), _connector='OR'), name='people_unit_held_dates'),
                    ],
                },
            ),
            migrations.CreateModel(
                name='AccessToken',
                fields=[
                    ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                    ('external_id', models.CharField(blank=True, default='', max_length=200)),
                    ('version', models.PositiveIntegerField(default=1)),
                    ('created_at', models.DateTimeField(auto_now_add=True)),
                    ('updated_at', models.DateTimeField(auto_now=True)),
                    ('name', models.CharField(max_length=100)),
                    ('prefix', models.CharField(max_length=12)),
                    ('digest', models.CharField(max_length=64, unique=True)),
                    ('scope', models.CharField(choices=[('read', 'Read only'), ('write', 'Read and write')], default='read', max_length=5)),
                    ('expires_at', models.DateTimeField()),
                    ('last_used_at', models.DateTimeField(blank=True, null=True)),
                    ('revoked_at', models.DateTimeField(blank=True, null=True)),
                    ('person', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='tokens', to='people.person')),
                    ('revoked_by', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to='people.person')),
                ],
                options={
                    'ordering': ['-created_at', '-pk'],
                    'constraints': [
                        models.UniqueConstraint(condition=models.Q(('external_id', ''), _negated=True), fields=('external_id',), name='people_accesstoken_external_id'),
                    ],
                },
            ),
            migrations.CreateModel(
                name='SignIn',
                fields=[
                    ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                    ('session_key', models.CharField(max_length=40, unique=True)),
                    ('at', models.DateTimeField(auto_now_add=True)),
                    ('browser', models.CharField(max_length=60)),
                    ('address', models.GenericIPAddressField()),
                    ('user', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='sign_ins', to=settings.AUTH_USER_MODEL)),
                ],
            ),
            migrations.CreateModel(
                name='Deputy',
                fields=[
                    ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                    ('external_id', models.CharField(blank=True, default='', max_length=200)),
                    ('version', models.PositiveIntegerField(default=1)),
                    ('created_at', models.DateTimeField(auto_now_add=True)),
                    ('updated_at', models.DateTimeField(auto_now=True)),
                    ('starts_on', models.DateField()),
                    ('ends_on', models.DateField()),
                    ('ended_on', models.DateField(blank=True, null=True)),
                    ('deputy', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='deputises', to='people.person')),
                    ('person', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='deputies', to='people.person')),
                ],
                options={
                    'verbose_name_plural': 'deputies',
                    'ordering': ['starts_on', 'pk'],
                    'constraints': [
                        models.UniqueConstraint(condition=models.Q(('external_id', ''), _negated=True), fields=('external_id',), name='people_deputy_external_id'),
                        models.CheckConstraint(condition=models.Q(('ends_on__gte', models.F('starts_on'))), name='people_deputy_dates'),
                        models.CheckConstraint(condition=models.Q(('person', models.F('deputy')), _negated=True), name='people_deputy_another'),
                    ],
                },
            ),
        ]),
    ]
