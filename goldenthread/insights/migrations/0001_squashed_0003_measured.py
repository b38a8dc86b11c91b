"""The tables of this room in one step. A database that has taken all the steps it replaces needs nothing of it."""

from django.db import migrations, models

from goldenthread.core.at_once import AtOnce


class Migration(migrations.Migration):

    replaces = [
        ('insights', '0001_figures'),
        ('insights', '0002_figures_of_priorities'),
        ('insights', '0003_measured'),
    ]

    initial = True

    dependencies = []

    operations = [
        AtOnce([
            migrations.CreateModel(
                name='Figure',
                fields=[
                    ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                    ('measure', models.CharField(max_length=60)),
                    ('scope_kind', models.CharField(choices=[('organisation', 'The organisation'), ('unit', 'A unit with those below it'), ('priority', 'The work below a priority')], max_length=12)),
                    ('scope_id', models.PositiveBigIntegerField(default=0)),
                    ('as_of', models.DateField()),
                    ('method_version', models.CharField(max_length=60)),
                    ('value', models.FloatField(blank=True, null=True)),
                    ('numerator', models.FloatField(blank=True, null=True)),
                    ('denominator', models.FloatField(blank=True, null=True)),
                    ('n', models.PositiveIntegerField(default=0)),
                    ('status', models.CharField(choices=[('ok', 'ok'), ('early', 'early'), ('insufficient_data', 'insufficient_data'), ('undefined', 'undefined'), ('suppressed', 'suppressed'), ('invalid_input', 'invalid_input')], max_length=20)),
                    ('stored_at', models.DateTimeField(auto_now=True)),
                ],
                options={
                    'ordering': ['measure', 'scope_kind', 'scope_id', 'as_of'],
                    'constraints': [
                        models.UniqueConstraint(fields=('measure', 'scope_kind', 'scope_id', 'as_of', 'method_version'), name='insights_one_figure_a_day'),
                    ],
                },
            ),
            migrations.CreateModel(
                name='Measured',
                fields=[
                    ('name', models.CharField(max_length=20, primary_key=True, serialize=False)),
                    ('measured_on', models.DateField()),
                    ('measured_at', models.DateTimeField()),
                    ('content', models.BinaryField()),
                ],
            ),
        ]),
    ]
