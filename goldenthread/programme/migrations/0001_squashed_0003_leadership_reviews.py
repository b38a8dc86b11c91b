"""The tables of this room in one step. A database that has taken all the steps it replaces needs nothing of it."""

import django.db.models.deletion
from django.db import migrations, models

from goldenthread.core.at_once import AtOnce


class Migration(migrations.Migration):

    replaces = [
        ('programme', '0001_handovers'),
        ('programme', '0002_nudges_and_reminders'),
        ('programme', '0003_leadership_reviews'),
    ]

    initial = True

    dependencies = [
        ('objectives', '0001_squashed_0013_objective_has_effort'),
        ('people', '0001_squashed_0009_unit_fte'),
        ('strategy', '0001_squashed_0004_open_held'),
        ('tradeoffs', '0001_squashed_0005_plan_asks'),
    ]

    operations = [
        AtOnce([
            migrations.CreateModel(
                name='Handover',
                fields=[
                    ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                    ('external_id', models.CharField(blank=True, default='', max_length=200)),
                    ('version', models.PositiveIntegerField(default=1)),
                    ('created_at', models.DateTimeField(auto_now_add=True)),
                    ('updated_at', models.DateTimeField(auto_now=True)),
                    ('reason', models.CharField(choices=[('leaves', 'Leaves'), ('moved', 'Moved to another unit'), ('away', 'Away for long'), ('manager', 'Has a new manager')], max_length=7)),
                    ('day', models.DateField()),
                    ('until', models.DateField(blank=True, null=True)),
                    ('closed_at', models.DateTimeField(blank=True, null=True)),
                    ('note', models.TextField(blank=True, default='')),
                    ('closed_by', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to='people.person')),
                    ('person', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='handovers', to='people.person')),
                ],
                options={
                    'ordering': ['day', 'pk'],
                    'constraints': [
                        models.UniqueConstraint(condition=models.Q(('external_id', ''), _negated=True), fields=('external_id',), name='programme_handover_external_id'),
                        models.UniqueConstraint(fields=('person', 'reason', 'day'), name='programme_one_handover'),
                    ],
                },
            ),
            migrations.CreateModel(
                name='Reminder',
                fields=[
                    ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                    ('day', models.DateField()),
                    ('told', models.JSONField(default=list)),
                    ('person', models.OneToOneField(on_delete=django.db.models.deletion.CASCADE, related_name='reminder', to='people.person')),
                ],
            ),
            migrations.CreateModel(
                name='Nudge',
                fields=[
                    ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                    ('kind', models.CharField(max_length=20)),
                    ('about', models.BigIntegerField()),
                    ('day', models.DateField()),
                    ('by', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='+', to='people.person')),
                    ('to', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='nudges', to='people.person')),
                ],
                options={
                    'ordering': ['-day', '-pk'],
                    'indexes': [
                        models.Index(fields=['to', 'day'], name='programme_n_to_id_27fa9b_idx'),
                        models.Index(fields=['kind', 'about'], name='programme_n_kind_51fc2c_idx'),
                    ],
                },
            ),
            migrations.CreateModel(
                name='LeadershipReview',
                fields=[
                    ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                    ('external_id', models.CharField(blank=True, default='', max_length=200)),
                    ('version', models.PositiveIntegerField(default=1)),
                    ('created_at', models.DateTimeField(auto_now_add=True)),
                    ('updated_at', models.DateTimeField(auto_now=True)),
                    ('held_on', models.DateField()),
                    ('state', models.CharField(choices=[('prepared', 'Prepared'), ('closed', 'Closed')], default='prepared', max_length=8)),
                    ('notes', models.TextField(blank=True, default='')),
                    ('read_at', models.DateTimeField(blank=True, null=True)),
                    ('closed_at', models.DateTimeField(blank=True, null=True)),
                    ('attendees', models.ManyToManyField(blank=True, related_name='attended_reviews', to='people.person')),
                    ('author', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to='people.person')),
                    ('chair', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='chaired_reviews', to='people.person')),
                    ('closed_by', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to='people.person')),
                    ('cycle', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='leadership_reviews', to='objectives.cycle')),
                    ('unit', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='leadership_reviews', to='people.unit')),
                ],
                options={
                    'verbose_name': 'leadership review',
                    'ordering': ['-held_on', '-pk'],
                    'indexes': [
                        models.Index(fields=['state', 'held_on'], name='programme_l_state_d0ecb4_idx'),
                    ],
                    'constraints': [
                        models.UniqueConstraint(condition=models.Q(('external_id', ''), _negated=True), fields=('external_id',), name='programme_leadershipreview_external_id'),
                        models.UniqueConstraint(fields=('unit', 'held_on'), name='programme_one_review_of_a_unit_a_day'),
                        models.UniqueConstraint(condition=models.Q(('unit__isnull', True)), fields=('held_on',), name='programme_one_review_a_day'),
                    ],
                },
            ),
            migrations.CreateModel(
                name='AgendaPoint',
                fields=[
                    ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                    ('position', models.PositiveSmallIntegerField(default=0)),
                    ('sentence', models.CharField(max_length=500)),
                    ('stands', models.CharField(blank=True, default='', max_length=200)),
                    ('health', models.CharField(blank=True, default='', max_length=20)),
                    ('is_settled', models.BooleanField(default=False)),
                    ('outcome', models.CharField(blank=True, choices=[('nothing', 'Nothing to do'), ('next_time', 'Next time')], default='', max_length=9)),
                    ('note', models.TextField(blank=True, default='')),
                    ('decision', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.CASCADE, related_name='agenda_points', to='tradeoffs.decision')),
                    ('dependency', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.CASCADE, related_name='agenda_points', to='objectives.dependency')),
                    ('kpi', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.CASCADE, related_name='agenda_points', to='strategy.kpi')),
                    ('made', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to='tradeoffs.decision')),
                    ('objective', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.CASCADE, related_name='agenda_points', to='objectives.objective')),
                    ('priority', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.CASCADE, related_name='agenda_points', to='strategy.priority')),
                    ('serves', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to='strategy.priority')),
                    ('what_gives', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.CASCADE, related_name='agenda_points', to='tradeoffs.whatgives')),
                    ('review', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='points', to='programme.leadershipreview')),
                    ('action', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.CASCADE, related_name='asked_again', to='programme.reviewaction')),
                ],
                options={
                    'verbose_name': 'leadership review',
                    'verbose_name_plural': 'agenda points',
                    'ordering': ['position', 'pk'],
                    'constraints': [
                        models.CheckConstraint(condition=models.Q(models.Q(('action__isnull', False), ('kpi__isnull', True), ('objective__isnull', True), ('priority__isnull', True), ('decision__isnull', True), ('dependency__isnull', True), ('what_gives__isnull', True)), models.Q(('action__isnull', True), ('kpi__isnull', False), ('objective__isnull', True), ('priority__isnull', True), ('decision__isnull', True), ('dependency__isnull', True), ('what_gives__isnull', True)), models.Q(('action__isnull', True), ('kpi__isnull', True), ('objective__isnull', False), ('priority__isnull', True), ('decision__isnull', True), ('dependency__isnull', True), ('what_gives__isnull', True)), models.Q(('action__isnull', True), ('kpi__isnull', True), ('objective__isnull', True), ('priority__isnull', False), ('decision__isnull', True), ('dependency__isnull', True), ('what_gives__isnull', True)), models.Q(('action__isnull', True), ('kpi__isnull', True), ('objective__isnull', True), ('priority__isnull', True), ('decision__isnull', False), ('dependency__isnull', True), ('what_gives__isnull', True)), models.Q(('action__isnull', True), ('kpi__isnull', True), ('objective__isnull', True), ('priority__isnull', True), ('decision__isnull', True), ('dependency__isnull', False), ('what_gives__isnull', True)), models.Q(('action__isnull', True), ('kpi__isnull', True), ('objective__isnull', True), ('priority__isnull', True), ('decision__isnull', True), ('dependency__isnull', True), ('what_gives__isnull', False)), _connector='OR'), name='programme_point_about_one'),
                        models.UniqueConstraint(condition=models.Q(('action__isnull', False)), fields=('review', 'action'), name='programme_point_action_once'),
                        models.UniqueConstraint(condition=models.Q(('kpi__isnull', False)), fields=('review', 'kpi'), name='programme_point_kpi_once'),
                        models.UniqueConstraint(condition=models.Q(('objective__isnull', False)), fields=('review', 'objective'), name='programme_point_objective_once'),
                        models.UniqueConstraint(condition=models.Q(('priority__isnull', False)), fields=('review', 'priority'), name='programme_point_priority_once'),
                        models.UniqueConstraint(condition=models.Q(('decision__isnull', False)), fields=('review', 'decision'), name='programme_point_decision_once'),
                        models.UniqueConstraint(condition=models.Q(('dependency__isnull', False)), fields=('review', 'dependency'), name='programme_point_dependency_once'),
                        models.UniqueConstraint(condition=models.Q(('what_gives__isnull', False)), fields=('review', 'what_gives'), name='programme_point_what_gives_once'),
                    ],
                },
            ),
            migrations.CreateModel(
                name='Addendum',
                fields=[
                    ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                    ('added_at', models.DateTimeField()),
                    ('text', models.TextField()),
                    ('author', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to='people.person')),
                    ('review', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='addenda', to='programme.leadershipreview')),
                ],
                options={
                    'verbose_name_plural': 'addenda',
                    'ordering': ['added_at', 'pk'],
                },
            ),
            migrations.CreateModel(
                name='ReviewAction',
                fields=[
                    ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                    ('external_id', models.CharField(blank=True, default='', max_length=200)),
                    ('version', models.PositiveIntegerField(default=1)),
                    ('created_at', models.DateTimeField(auto_now_add=True)),
                    ('updated_at', models.DateTimeField(auto_now=True)),
                    ('title', models.CharField(max_length=200)),
                    ('due_on', models.DateField()),
                    ('state', models.CharField(choices=[('open', 'Open'), ('done', 'Done'), ('dropped', 'Dropped')], default='open', max_length=7)),
                    ('ended_on', models.DateField(blank=True, null=True)),
                    ('outcome', models.TextField(blank=True, default='')),
                    ('author', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to='people.person')),
                    ('owner', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='review_actions', to='people.person')),
                    ('point', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='actions', to='programme.agendapoint')),
                    ('review', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='actions', to='programme.leadershipreview')),
                ],
                options={
                    'verbose_name': 'action',
                    'ordering': ['due_on', 'pk'],
                    'indexes': [
                        models.Index(fields=['owner', 'state', 'due_on'], name='programme_r_owner_i_51d170_idx'),
                    ],
                    'constraints': [
                        models.UniqueConstraint(condition=models.Q(('external_id', ''), _negated=True), fields=('external_id',), name='programme_reviewaction_external_id'),
                        models.CheckConstraint(condition=models.Q(('state', 'open'), ('ended_on__isnull', False), _connector='OR'), name='programme_action_ended_on_a_day'),
                    ],
                },
            ),
        ]),
    ]
