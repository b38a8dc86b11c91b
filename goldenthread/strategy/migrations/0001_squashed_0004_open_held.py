"""The tables of this room in one step. A database that has taken all the steps it replaces needs nothing of it."""

import django.db.models.deletion
from django.db import migrations, models

from goldenthread.core.at_once import AtOnce


class Migration(migrations.Migration):

    replaces = [
        ('strategy', '0001_initial'),
        ('strategy', '0002_sponsor_named_by'),
        ('strategy', '0003_held'),
        ('strategy', '0004_open_held'),
    ]

    initial = True

    dependencies = [
        ('people', '0001_squashed_0009_unit_fte'),
    ]

    operations = [
        AtOnce([
            migrations.CreateModel(
                name='Kpi',
                fields=[
                    ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                    ('external_id', models.CharField(blank=True, default='', max_length=200)),
                    ('version', models.PositiveIntegerField(default=1)),
                    ('created_at', models.DateTimeField(auto_now_add=True)),
                    ('updated_at', models.DateTimeField(auto_now=True)),
                    ('name', models.CharField(max_length=200)),
                    ('definition', models.TextField(blank=True, default='')),
                    ('measure', models.CharField(blank=True, default='', max_length=40)),
                    ('decimals', models.PositiveSmallIntegerField(default=0)),
                    ('direction', models.CharField(choices=[('up', 'Higher is better'), ('down', 'Lower is better'), ('hold', 'Hold in a range')], default='up', max_length=4)),
                    ('low', models.DecimalField(blank=True, decimal_places=6, max_digits=20, null=True)),
                    ('high', models.DecimalField(blank=True, decimal_places=6, max_digits=20, null=True)),
                    ('source', models.CharField(blank=True, default='', max_length=200)),
                    ('cadence_days', models.PositiveSmallIntegerField(default=30)),
                    ('state', models.CharField(choices=[('unconfirmed', 'Unconfirmed'), ('active', 'Active'), ('retired', 'Retired')], default='active', max_length=12)),
                    ('owner', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='owned_kpis', to='people.person')),
                    ('unit', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='kpis', to='people.unit')),
                ],
                options={
                    'verbose_name': 'KPI',
                    'verbose_name_plural': 'KPIs',
                    'ordering': ['name'],
                    'constraints': [
                        models.UniqueConstraint(condition=models.Q(('external_id', ''), _negated=True), fields=('external_id',), name='strategy_kpi_external_id'),
                    ],
                },
            ),
            migrations.CreateModel(
                name='KpiTarget',
                fields=[
                    ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                    ('external_id', models.CharField(blank=True, default='', max_length=200)),
                    ('version', models.PositiveIntegerField(default=1)),
                    ('created_at', models.DateTimeField(auto_now_add=True)),
                    ('updated_at', models.DateTimeField(auto_now=True)),
                    ('starts_on', models.DateField()),
                    ('due_on', models.DateField()),
                    ('baseline', models.DecimalField(blank=True, decimal_places=6, max_digits=20, null=True)),
                    ('value', models.DecimalField(blank=True, decimal_places=6, max_digits=20, null=True)),
                    ('low', models.DecimalField(blank=True, decimal_places=6, max_digits=20, null=True)),
                    ('high', models.DecimalField(blank=True, decimal_places=6, max_digits=20, null=True)),
                    ('text', models.CharField(blank=True, default='', max_length=500)),
                    ('kpi', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='targets', to='strategy.kpi')),
                ],
                options={
                    'ordering': ['due_on'],
                    'constraints': [
                        models.UniqueConstraint(condition=models.Q(('external_id', ''), _negated=True), fields=('external_id',), name='strategy_kpitarget_external_id'),
                        models.UniqueConstraint(fields=('kpi', 'due_on'), name='strategy_target_due'),
                    ],
                },
            ),
            migrations.CreateModel(
                name='Observation',
                fields=[
                    ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                    ('on', models.DateField()),
                    ('value', models.DecimalField(blank=True, decimal_places=6, max_digits=20, null=True)),
                    ('text', models.CharField(blank=True, default='', max_length=500)),
                    ('note', models.TextField(blank=True, default='')),
                    ('recorded_at', models.DateTimeField()),
                    ('external_id', models.CharField(blank=True, default='', max_length=200)),
                    ('author', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to='people.person')),
                    ('corrects', models.OneToOneField(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='corrected_by', to='strategy.observation')),
                    ('kpi', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='observations', to='strategy.kpi')),
                ],
                options={
                    'ordering': ['on', 'recorded_at', 'pk'],
                    'indexes': [
                        models.Index(fields=['kpi', 'on'], name='strategy_ob_kpi_id_401ea8_idx'),
                    ],
                },
            ),
            migrations.CreateModel(
                name='Priority',
                fields=[
                    ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                    ('external_id', models.CharField(blank=True, default='', max_length=200)),
                    ('version', models.PositiveIntegerField(default=1)),
                    ('created_at', models.DateTimeField(auto_now_add=True)),
                    ('updated_at', models.DateTimeField(auto_now=True)),
                    ('title', models.CharField(max_length=200)),
                    ('why', models.TextField(blank=True, default='')),
                    ('weight', models.DecimalField(blank=True, decimal_places=2, max_digits=5, null=True)),
                    ('position', models.PositiveSmallIntegerField(default=0)),
                    ('state', models.CharField(choices=[('unconfirmed', 'Unconfirmed'), ('active', 'Active'), ('dropped', 'Dropped')], default='unconfirmed', max_length=12)),
                    ('confidential', models.BooleanField(default=False)),
                    ('source', models.CharField(blank=True, default='', max_length=200)),
                    ('sponsor', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='sponsored_priorities', to='people.person')),
                    ('strategy', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='priorities', to='strategy.strategy')),
                    ('sponsor_named_by', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to='people.person')),
                ],
                options={
                    'verbose_name_plural': 'priorities',
                    'ordering': ['position', 'pk'],
                    'constraints': [
                        models.UniqueConstraint(condition=models.Q(('external_id', ''), _negated=True), fields=('external_id',), name='strategy_priority_external_id'),
                        models.CheckConstraint(condition=models.Q(('weight__isnull', True), models.Q(('weight__gte', 0), ('weight__lte', 100)), _connector='OR'), name='strategy_priority_weight'),
                    ],
                },
            ),
            migrations.CreateModel(
                name='ExpectedResult',
                fields=[
                    ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                    ('external_id', models.CharField(blank=True, default='', max_length=200)),
                    ('version', models.PositiveIntegerField(default=1)),
                    ('created_at', models.DateTimeField(auto_now_add=True)),
                    ('updated_at', models.DateTimeField(auto_now=True)),
                    ('text', models.CharField(max_length=300)),
                    ('baseline', models.DecimalField(blank=True, decimal_places=6, max_digits=20, null=True)),
                    ('target', models.DecimalField(blank=True, decimal_places=6, max_digits=20, null=True)),
                    ('starts_on', models.DateField(blank=True, null=True)),
                    ('due_on', models.DateField(blank=True, null=True)),
                    ('position', models.PositiveSmallIntegerField(default=0)),
                    ('kpi', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='expected_results', to='strategy.kpi')),
                    ('priority', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='expected_results', to='strategy.priority')),
                ],
                options={
                    'ordering': ['position', 'pk'],
                    'constraints': [
                        models.UniqueConstraint(condition=models.Q(('external_id', ''), _negated=True), fields=('external_id',), name='strategy_expectedresult_external_id'),
                    ],
                },
            ),
            migrations.CreateModel(
                name='Strategy',
                fields=[
                    ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                    ('external_id', models.CharField(blank=True, default='', max_length=200)),
                    ('version', models.PositiveIntegerField(default=1)),
                    ('created_at', models.DateTimeField(auto_now_add=True)),
                    ('updated_at', models.DateTimeField(auto_now=True)),
                    ('title', models.CharField(max_length=200)),
                    ('state', models.CharField(choices=[('draft', 'Draft'), ('in_force', 'In force'), ('ended', 'Ended')], default='draft', max_length=10)),
                    ('starts_on', models.DateField(blank=True, null=True)),
                    ('ends_on', models.DateField(blank=True, null=True)),
                    ('vision', models.TextField(blank=True, default='')),
                    ('mission', models.TextField(blank=True, default='')),
                    ('values', models.TextField(blank=True, default='')),
                    ('weights_confirmed_at', models.DateTimeField(blank=True, null=True)),
                    ('leader', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='led_strategies', to='people.person')),
                    ('unit', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='strategies', to='people.unit')),
                    ('weights_confirmed_by', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to='people.person')),
                ],
                options={
                    'verbose_name_plural': 'strategies',
                    'ordering': ['-starts_on', '-pk'],
                    'constraints': [
                        models.UniqueConstraint(condition=models.Q(('external_id', ''), _negated=True), fields=('external_id',), name='strategy_strategy_external_id'),
                        models.CheckConstraint(condition=models.Q(('ends_on__isnull', True), ('starts_on__isnull', True), ('ends_on__gte', models.F('starts_on')), _connector='OR'), name='strategy_strategy_dates'),
                    ],
                },
            ),
            migrations.CreateModel(
                name='TradeOff',
                fields=[
                    ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                    ('external_id', models.CharField(blank=True, default='', max_length=200)),
                    ('version', models.PositiveIntegerField(default=1)),
                    ('created_at', models.DateTimeField(auto_now_add=True)),
                    ('updated_at', models.DateTimeField(auto_now=True)),
                    ('kind', models.CharField(choices=[('even_over', 'Even over'), ('not_doing', 'Not doing')], max_length=10)),
                    ('this', models.CharField(max_length=200)),
                    ('over', models.CharField(blank=True, default='', max_length=200)),
                    ('note', models.TextField(blank=True, default='')),
                    ('frees_fte', models.DecimalField(blank=True, decimal_places=2, max_digits=6, null=True)),
                    ('decided_on', models.DateField(blank=True, null=True)),
                    ('look_again_on', models.DateField(blank=True, null=True)),
                    ('position', models.PositiveSmallIntegerField(default=0)),
                    ('decided_by', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to='people.person')),
                    ('priority', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='trade_offs', to='strategy.priority')),
                    ('strategy', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='trade_offs', to='strategy.strategy')),
                ],
                options={
                    'ordering': ['position', 'pk'],
                    'constraints': [
                        models.UniqueConstraint(condition=models.Q(('external_id', ''), _negated=True), fields=('external_id',), name='strategy_tradeoff_external_id'),
                    ],
                },
            ),
            migrations.CreateModel(
                name='PriorityHeld',
                fields=[
                    ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                    ('valid_from', models.DateField()),
                    ('valid_to', models.DateField(blank=True, null=True)),
                    ('state', models.CharField(choices=[('unconfirmed', 'Unconfirmed'), ('active', 'Active'), ('dropped', 'Dropped')], max_length=12)),
                    ('weight', models.DecimalField(blank=True, decimal_places=2, max_digits=5, null=True)),
                    ('priority', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='periods', to='strategy.priority')),
                    ('sponsor', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to='people.person')),
                    ('sponsor_named_by', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to='people.person')),
                ],
                options={
                    'constraints': [
                        models.UniqueConstraint(condition=models.Q(('valid_to__isnull', True)), fields=('priority',), name='strategy_priority_held_one_open'),
                        models.CheckConstraint(condition=models.Q(('valid_to__isnull', True), ('valid_to__gte', models.F('valid_from')), _connector='OR'), name='strategy_priority_held_dates'),
                    ],
                },
            ),
            migrations.CreateModel(
                name='StrategyHeld',
                fields=[
                    ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                    ('valid_from', models.DateField()),
                    ('valid_to', models.DateField(blank=True, null=True)),
                    ('state', models.CharField(choices=[('draft', 'Draft'), ('in_force', 'In force'), ('ended', 'Ended')], max_length=10)),
                    ('starts_on', models.DateField(blank=True, null=True)),
                    ('ends_on', models.DateField(blank=True, null=True)),
                    ('weights_confirmed_at', models.DateTimeField(blank=True, null=True)),
                    ('strategy', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='periods', to='strategy.strategy')),
                ],
                options={
                    'constraints': [
                        models.UniqueConstraint(condition=models.Q(('valid_to__isnull', True)), fields=('strategy',), name='strategy_strategy_held_one_open'),
                        models.CheckConstraint(condition=models.Q(('valid_to__isnull', True), ('valid_to__gte', models.F('valid_from')), _connector='OR'), name='strategy_strategy_held_dates'),
                    ],
                },
            ),
        ]),
    ]
