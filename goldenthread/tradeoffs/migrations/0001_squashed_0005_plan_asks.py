"""The tables of this room in one step. A database that has taken all the steps it replaces needs nothing of it."""

import django.db.models.deletion
from decimal import Decimal
from django.db import migrations, models

from goldenthread.core.at_once import AtOnce


class Migration(migrations.Migration):

    replaces = [
        ('tradeoffs', '0001_decisions'),
        ('tradeoffs', '0002_effort'),
        ('tradeoffs', '0003_what_gives'),
        ('tradeoffs', '0004_planner'),
        ('tradeoffs', '0005_plan_asks'),
    ]

    initial = True

    dependencies = [
        ('core', '0001_squashed_0008_kept_answers'),
        ('objectives', '0001_squashed_0013_objective_has_effort'),
        ('people', '0001_squashed_0009_unit_fte'),
        ('strategy', '0001_squashed_0004_open_held'),
    ]

    operations = [
        AtOnce([
            migrations.CreateModel(
                name='Decision',
                fields=[
                    ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                    ('external_id', models.CharField(blank=True, default='', max_length=200)),
                    ('version', models.PositiveIntegerField(default=1)),
                    ('created_at', models.DateTimeField(auto_now_add=True)),
                    ('updated_at', models.DateTimeField(auto_now=True)),
                    ('question', models.CharField(max_length=200)),
                    ('background', models.TextField(blank=True, default='')),
                    ('state', models.CharField(choices=[('unconfirmed', 'Unconfirmed'), ('open', 'Open'), ('decided', 'Decided'), ('looked_back', 'Looked back on'), ('replaced', 'Replaced'), ('withdrawn', 'Withdrawn')], default='open', max_length=11)),
                    ('confidential', models.BooleanField(default=False)),
                    ('due_on', models.DateField(blank=True, null=True)),
                    ('decided_on', models.DateField(blank=True, null=True)),
                    ('reason', models.TextField(blank=True, default='')),
                    ('given_up', models.TextField(blank=True, default='')),
                    ('freed_fte', models.DecimalField(blank=True, decimal_places=2, max_digits=6, null=True)),
                    ('freed_until', models.DateField(blank=True, null=True)),
                    ('expected', models.TextField(blank=True, default='')),
                    ('look_again_on', models.DateField(blank=True, null=True)),
                    ('looked_back_on', models.DateField(blank=True, null=True)),
                    ('outcome', models.TextField(blank=True, default='')),
                    ('as_expected', models.CharField(blank=True, choices=[('yes', 'As expected'), ('partly', 'Partly'), ('no', 'Not as expected')], default='', max_length=6)),
                    ('learnt', models.TextField(blank=True, default='')),
                    ('source', models.CharField(blank=True, default='', max_length=200)),
                    ('author', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to='people.person')),
                    ('decider', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='decisions', to='people.person')),
                    ('replaces', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='replacements', to='tradeoffs.decision')),
                ],
                options={
                    'ordering': ['-decided_on', '-pk'],
                    'indexes': [
                        models.Index(fields=['decider', 'state'], name='tradeoffs_d_decider_0aec2f_idx'),
                        models.Index(fields=['state', 'look_again_on'], name='tradeoffs_d_state_a53d0f_idx'),
                    ],
                    'constraints': [
                        models.UniqueConstraint(condition=models.Q(('external_id', ''), _negated=True), fields=('external_id',), name='tradeoffs_decision_external_id'),
                        models.CheckConstraint(condition=models.Q(models.Q(('state', 'open'), _negated=True), ('due_on__isnull', False), _connector='OR'), name='tradeoffs_open_is_due'),
                        models.CheckConstraint(condition=models.Q(models.Q(('state__in', ['decided', 'looked_back', 'replaced']), _negated=True), ('decided_on__isnull', False), _connector='OR'), name='tradeoffs_decided_on_a_day'),
                        models.CheckConstraint(condition=models.Q(('freed_fte__isnull', True), ('freed_fte__gte', 0), _connector='OR'), name='tradeoffs_freed_fte'),
                        models.UniqueConstraint(condition=models.Q(('state', 'withdrawn'), _negated=True), fields=('replaces',), name='tradeoffs_replaced_once'),
                    ],
                },
            ),
            migrations.CreateModel(
                name='Option',
                fields=[
                    ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                    ('title', models.CharField(max_length=200)),
                    ('speaks_for', models.TextField(blank=True, default='')),
                    ('speaks_against', models.TextField(blank=True, default='')),
                    ('chosen', models.BooleanField(default=False)),
                    ('position', models.PositiveSmallIntegerField(default=0)),
                    ('decision', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='options', to='tradeoffs.decision')),
                ],
                options={
                    'ordering': ['position', 'pk'],
                    'constraints': [
                        models.UniqueConstraint(condition=models.Q(('chosen', True)), fields=('decision',), name='tradeoffs_one_choice'),
                        models.UniqueConstraint(fields=('decision', 'title'), name='tradeoffs_option_title'),
                    ],
                },
            ),
            migrations.CreateModel(
                name='Touch',
                fields=[
                    ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                    ('decision', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='touches', to='tradeoffs.decision')),
                    ('kpi', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.CASCADE, related_name='touched_by', to='strategy.kpi')),
                    ('objective', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.CASCADE, related_name='touched_by', to='objectives.objective')),
                    ('person', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.CASCADE, related_name='touched_by', to='people.person')),
                    ('priority', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.CASCADE, related_name='touched_by', to='strategy.priority')),
                    ('unit', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.CASCADE, related_name='touched_by', to='people.unit')),
                ],
                options={
                    'verbose_name': 'decision',
                    'verbose_name_plural': 'touches',
                    'ordering': ['pk'],
                    'constraints': [
                        models.CheckConstraint(condition=models.Q(models.Q(('priority__isnull', False), ('objective__isnull', True), ('unit__isnull', True), ('kpi__isnull', True), ('person__isnull', True)), models.Q(('priority__isnull', True), ('objective__isnull', False), ('unit__isnull', True), ('kpi__isnull', True), ('person__isnull', True)), models.Q(('priority__isnull', True), ('objective__isnull', True), ('unit__isnull', False), ('kpi__isnull', True), ('person__isnull', True)), models.Q(('priority__isnull', True), ('objective__isnull', True), ('unit__isnull', True), ('kpi__isnull', False), ('person__isnull', True)), models.Q(('priority__isnull', True), ('objective__isnull', True), ('unit__isnull', True), ('kpi__isnull', True), ('person__isnull', False)), _connector='OR'), name='tradeoffs_touches_one'),
                        models.UniqueConstraint(condition=models.Q(('priority__isnull', False)), fields=('decision', 'priority'), name='tradeoffs_touches_priority_once'),
                        models.UniqueConstraint(condition=models.Q(('objective__isnull', False)), fields=('decision', 'objective'), name='tradeoffs_touches_objective_once'),
                        models.UniqueConstraint(condition=models.Q(('unit__isnull', False)), fields=('decision', 'unit'), name='tradeoffs_touches_unit_once'),
                        models.UniqueConstraint(condition=models.Q(('kpi__isnull', False)), fields=('decision', 'kpi'), name='tradeoffs_touches_kpi_once'),
                        models.UniqueConstraint(condition=models.Q(('person__isnull', False)), fields=('decision', 'person'), name='tradeoffs_touches_person_once'),
                    ],
                },
            ),
            migrations.CreateModel(
                name='Allocation',
                fields=[
                    ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                    ('external_id', models.CharField(blank=True, default='', max_length=200)),
                    ('version', models.PositiveIntegerField(default=1)),
                    ('created_at', models.DateTimeField(auto_now_add=True)),
                    ('updated_at', models.DateTimeField(auto_now=True)),
                    ('run_the_business', models.BooleanField(default=False)),
                    ('share', models.DecimalField(decimal_places=4, max_digits=5)),
                    ('starts_on', models.DateField()),
                    ('ends_on', models.DateField()),
                    ('cycle', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='allocations', to='objectives.cycle')),
                    ('objective', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.CASCADE, related_name='allocations', to='objectives.objective')),
                    ('person', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.CASCADE, related_name='allocations', to='people.person')),
                    ('priority', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.CASCADE, related_name='allocations', to='strategy.priority')),
                    ('unit', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.CASCADE, related_name='allocations', to='people.unit')),
                    ('what_gives', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='allocations', to='tradeoffs.whatgives')),
                ],
                options={
                    'ordering': ['starts_on', 'pk'],
                    'indexes': [
                        models.Index(fields=['starts_on', 'ends_on'], name='tradeoffs_a_starts__095ed6_idx'),
                    ],
                    'constraints': [
                        models.UniqueConstraint(condition=models.Q(('external_id', ''), _negated=True), fields=('external_id',), name='tradeoffs_allocation_external_id'),
                        models.CheckConstraint(condition=models.Q(('person__isnull', True), ('unit__isnull', True), _connector='XOR'), name='tradeoffs_effort_of_one'),
                        models.CheckConstraint(condition=models.Q(models.Q(('objective__isnull', False), ('priority__isnull', True), ('run_the_business', False)), models.Q(('objective__isnull', True), ('priority__isnull', False), ('run_the_business', False)), models.Q(('objective__isnull', True), ('priority__isnull', True), ('run_the_business', True)), _connector='OR'), name='tradeoffs_effort_for_one'),
                        models.CheckConstraint(condition=models.Q(('share__gt', 0), ('share__lte', Decimal('3'))), name='tradeoffs_effort_share'),
                        models.CheckConstraint(condition=models.Q(('ends_on__gte', models.F('starts_on'))), name='tradeoffs_effort_dates'),
                        models.UniqueConstraint(condition=models.Q(('person__isnull', False), ('objective__isnull', False)), fields=('person', 'objective', 'cycle', 'starts_on'), name='tradeoffs_effort_person_objective'),
                        models.UniqueConstraint(condition=models.Q(('person__isnull', False), ('priority__isnull', False)), fields=('person', 'priority', 'cycle', 'starts_on'), name='tradeoffs_effort_person_priority'),
                        models.UniqueConstraint(condition=models.Q(('person__isnull', False), ('run_the_business', True)), fields=('person', 'cycle', 'starts_on'), name='tradeoffs_effort_person_run'),
                        models.UniqueConstraint(condition=models.Q(('unit__isnull', False), ('objective__isnull', False)), fields=('unit', 'objective', 'cycle', 'starts_on'), name='tradeoffs_effort_unit_objective'),
                        models.UniqueConstraint(condition=models.Q(('unit__isnull', False), ('priority__isnull', False)), fields=('unit', 'priority', 'cycle', 'starts_on'), name='tradeoffs_effort_unit_priority'),
                        models.UniqueConstraint(condition=models.Q(('unit__isnull', False), ('run_the_business', True)), fields=('unit', 'cycle', 'starts_on'), name='tradeoffs_effort_unit_run'),
                    ],
                },
            ),
            migrations.CreateModel(
                name='NonRoutineShare',
                fields=[
                    ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                    ('external_id', models.CharField(blank=True, default='', max_length=200)),
                    ('version', models.PositiveIntegerField(default=1)),
                    ('created_at', models.DateTimeField(auto_now_add=True)),
                    ('updated_at', models.DateTimeField(auto_now=True)),
                    ('share', models.DecimalField(decimal_places=4, max_digits=5)),
                    ('declared_on', models.DateField()),
                    ('declared_by', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to='people.person')),
                ],
                options={
                    'ordering': ['-pk'],
                    'constraints': [
                        models.UniqueConstraint(condition=models.Q(('external_id', ''), _negated=True), fields=('external_id',), name='tradeoffs_nonroutineshare_external_id'),
                        models.CheckConstraint(condition=models.Q(('share__gt', 0), ('share__lte', 1)), name='tradeoffs_non_routine_share'),
                    ],
                },
            ),
            migrations.CreateModel(
                name='WhatGives',
                fields=[
                    ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                    ('external_id', models.CharField(blank=True, default='', max_length=200)),
                    ('version', models.PositiveIntegerField(default=1)),
                    ('created_at', models.DateTimeField(auto_now_add=True)),
                    ('updated_at', models.DateTimeField(auto_now=True)),
                    ('ask', models.CharField(max_length=500)),
                    ('state', models.CharField(choices=[('open', 'Asked'), ('escalated', 'Escalated'), ('answered', 'Answered'), ('withdrawn', 'Withdrawn')], default='open', max_length=9)),
                    ('asked_on', models.DateField()),
                    ('due_on', models.DateField()),
                    ('escalated_on', models.DateField(blank=True, null=True)),
                    ('escalation_reason', models.TextField(blank=True, default='')),
                    ('acknowledged_on', models.DateField(blank=True, null=True)),
                    ('withdrawal_reason', models.TextField(blank=True, default='')),
                    ('addressee', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='asked_what_gives', to='people.person')),
                    ('author', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to='people.person')),
                    ('decision', models.OneToOneField(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='what_gives', to='tradeoffs.decision')),
                    ('escalated_by', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to='people.person')),
                    ('person', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='what_gives', to='people.person')),
                ],
                options={
                    'verbose_name': 'what gives?',
                    'verbose_name_plural': 'what gives?',
                    'ordering': ['-pk'],
                    'indexes': [
                        models.Index(fields=['addressee', 'state'], name='tradeoffs_w_address_8760df_idx'),
                        models.Index(fields=['person', 'state'], name='tradeoffs_w_person__e02799_idx'),
                    ],
                    'constraints': [
                        models.UniqueConstraint(condition=models.Q(('external_id', ''), _negated=True), fields=('external_id',), name='tradeoffs_whatgives_external_id'),
                        models.CheckConstraint(condition=models.Q(('state', 'answered'), ('decision__isnull', True), _connector='XOR'), name='tradeoffs_answer_is_a_decision'),
                        models.UniqueConstraint(condition=models.Q(('state__in', ['open', 'escalated'])), fields=('person',), name='tradeoffs_one_waits'),
                        models.CheckConstraint(condition=models.Q(models.Q(('state', 'escalated'), _negated=True), ('escalated_on__isnull', False), _connector='OR'), name='tradeoffs_escalated_on_a_day'),
                    ],
                },
            ),
            migrations.CreateModel(
                name='CompetingItem',
                fields=[
                    ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                    ('position', models.PositiveSmallIntegerField(default=0)),
                    ('share', models.DecimalField(blank=True, decimal_places=4, max_digits=5, null=True)),
                    ('choice', models.CharField(blank=True, choices=[('keep', 'Keep'), ('stop', 'Stop'), ('shrink', 'Shrink'), ('later', 'Later'), ('somebody_else', 'Somebody else'), ('add_capacity', 'Add capacity')], default='', max_length=13)),
                    ('new_share', models.DecimalField(blank=True, decimal_places=4, max_digits=5, null=True)),
                    ('starts_on', models.DateField(blank=True, null=True)),
                    ('ends_on', models.DateField(blank=True, null=True)),
                    ('target', models.DecimalField(blank=True, decimal_places=6, max_digits=24, null=True)),
                    ('fte', models.DecimalField(blank=True, decimal_places=2, max_digits=6, null=True)),
                    ('until', models.DateField(blank=True, null=True)),
                    ('change', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='competing_items', to='objectives.expectationchange')),
                    ('objective', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='competing_items', to='objectives.objective')),
                    ('to', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to='people.person')),
                    ('what_gives', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='items', to='tradeoffs.whatgives')),
                ],
                options={
                    'ordering': ['position', 'pk'],
                    'constraints': [
                        models.UniqueConstraint(fields=('what_gives', 'objective'), name='tradeoffs_competes_once'),
                        models.CheckConstraint(condition=models.Q(('share__isnull', True), models.Q(('share__gte', 0), ('share__lte', Decimal('3'))), _connector='OR'), name='tradeoffs_competing_share'),
                    ],
                },
            ),
            migrations.CreateModel(
                name='Plan',
                fields=[
                    ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                    ('external_id', models.CharField(blank=True, default='', max_length=200)),
                    ('version', models.PositiveIntegerField(default=1)),
                    ('created_at', models.DateTimeField(auto_now_add=True)),
                    ('updated_at', models.DateTimeField(auto_now=True)),
                    ('name', models.CharField(max_length=200)),
                    ('last_number', models.PositiveSmallIntegerField(default=0)),
                    ('author', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to='people.person')),
                    ('cycle', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='plans', to='objectives.cycle')),
                    ('decision', models.OneToOneField(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='plan', to='tradeoffs.decision')),
                    ('job', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to='core.job')),
                    ('unit', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to='people.unit')),
                ],
                options={
                    'ordering': ['-pk'],
                    'constraints': [
                        models.UniqueConstraint(condition=models.Q(('external_id', ''), _negated=True), fields=('external_id',), name='tradeoffs_plan_external_id'),
                    ],
                },
            ),
            migrations.CreateModel(
                name='OwnerLimit',
                fields=[
                    ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                    ('most', models.PositiveSmallIntegerField()),
                    ('person', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.CASCADE, related_name='+', to='people.person')),
                    ('unit', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.CASCADE, related_name='+', to='people.unit')),
                    ('plan', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='owner_limits', to='tradeoffs.plan')),
                ],
                options={
                    'ordering': ['pk'],
                    'constraints': [
                        models.CheckConstraint(condition=models.Q(('person__isnull', True), ('unit__isnull', True), _connector='XOR'), name='tradeoffs_limit_of_one'),
                        models.UniqueConstraint(fields=('plan', 'person'), name='tradeoffs_limit_of_person'),
                        models.UniqueConstraint(fields=('plan', 'unit'), name='tradeoffs_limit_of_unit'),
                    ],
                },
            ),
            migrations.CreateModel(
                name='Candidate',
                fields=[
                    ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                    ('number', models.PositiveSmallIntegerField()),
                    ('title', models.CharField(blank=True, default='', max_length=200)),
                    ('value', models.DecimalField(decimal_places=2, default=Decimal('0'), max_digits=9)),
                    ('from_strategy', models.BooleanField(default=False)),
                    ('by_priority', models.JSONField(blank=True, default=dict)),
                    ('running', models.BooleanField(default=False)),
                    ('mandatory', models.BooleanField(default=False)),
                    ('stop_cost', models.DecimalField(decimal_places=2, default=Decimal('0'), max_digits=9)),
                    ('start_cost', models.DecimalField(decimal_places=2, default=Decimal('0'), max_digits=9)),
                    ('alternative', models.CharField(blank=True, default='', max_length=40)),
                    ('change', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='candidacies', to='objectives.expectationchange')),
                    ('needs', models.ManyToManyField(blank=True, related_name='needed_by', to='tradeoffs.candidate')),
                    ('objective', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.CASCADE, related_name='candidacies', to='objectives.objective')),
                    ('owner_person', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to='people.person')),
                    ('owner_unit', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to='people.unit')),
                    ('priority', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to='strategy.priority')),
                    ('plan', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='candidates', to='tradeoffs.plan')),
                    ('asks', models.CharField(blank=True, choices=[('start', 'Asked to start'), ('wait', 'Asked to wait')], default='', max_length=5)),
                ],
                options={
                    'ordering': ['number'],
                    'constraints': [
                        models.UniqueConstraint(fields=('plan', 'number'), name='tradeoffs_candidate_number'),
                        models.UniqueConstraint(fields=('plan', 'objective'), name='tradeoffs_candidate_once'),
                        models.CheckConstraint(condition=models.Q(('objective__isnull', False), models.Q(('title', ''), _negated=True), _connector='OR'), name='tradeoffs_candidate_named'),
                        models.CheckConstraint(condition=models.Q(('start_cost__gte', 0), ('stop_cost__gte', 0), ('value__gte', 0)), name='tradeoffs_candidate_not_below_0'),
                    ],
                },
            ),
            migrations.CreateModel(
                name='Scenario',
                fields=[
                    ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                    ('name', models.CharField(max_length=80)),
                    ('position', models.PositiveSmallIntegerField(default=0)),
                    ('capacity', models.JSONField(blank=True, default=dict)),
                    ('weights', models.JSONField(blank=True, default=dict)),
                    ('forced', models.JSONField(blank=True, default=dict)),
                    ('inputs', models.JSONField(blank=True, null=True)),
                    ('result', models.JSONField(blank=True, null=True)),
                    ('stamp', models.CharField(blank=True, default='', max_length=64)),
                    ('worked_out_on', models.DateField(blank=True, null=True)),
                    ('adopted', models.BooleanField(default=False)),
                    ('plan', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='scenarios', to='tradeoffs.plan')),
                ],
                options={
                    'ordering': ['position', 'pk'],
                    'constraints': [
                        models.UniqueConstraint(fields=('plan', 'name'), name='tradeoffs_scenario_named_once'),
                        models.UniqueConstraint(condition=models.Q(('adopted', True)), fields=('plan',), name='tradeoffs_one_adopted'),
                    ],
                },
            ),
            migrations.CreateModel(
                name='TeamCapacity',
                fields=[
                    ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                    ('skill', models.CharField(blank=True, default='', max_length=60)),
                    ('fte', models.DecimalField(decimal_places=2, max_digits=8)),
                    ('plan', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='teams', to='tradeoffs.plan')),
                    ('unit', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='+', to='people.unit')),
                ],
                options={
                    'ordering': ['pk'],
                    'constraints': [
                        models.UniqueConstraint(fields=('plan', 'unit', 'skill'), name='tradeoffs_capacity_once'),
                        models.CheckConstraint(condition=models.Q(('fte__gte', 0)), name='tradeoffs_team_capacity_not_below_0'),
                    ],
                },
            ),
            migrations.CreateModel(
                name='CandidateEffort',
                fields=[
                    ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                    ('skill', models.CharField(blank=True, default='', max_length=60)),
                    ('fte', models.DecimalField(decimal_places=2, max_digits=6)),
                    ('candidate', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='effort', to='tradeoffs.candidate')),
                    ('unit', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='+', to='people.unit')),
                ],
                options={
                    'ordering': ['pk'],
                    'constraints': [
                        models.UniqueConstraint(fields=('candidate', 'unit', 'skill'), name='tradeoffs_candidate_takes_once'),
                        models.CheckConstraint(condition=models.Q(('fte__gt', 0)), name='tradeoffs_candidate_effort_not_below_0'),
                    ],
                },
            ),
        ]),
    ]
