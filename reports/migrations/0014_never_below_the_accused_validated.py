from django.contrib.postgres.operations import ValidateConstraint
from django.db import migrations
from django.db.models import F, Q

MOST_NAMED = 100


def name_reports_below_the_accused(apps, schema_editor):
    """Rows from before migration 0008 stop the next step, which would not name them."""
    about = Q(about_unit=F('unit'))
    for column in ('polda', 'polres', 'polsek'):
        about |= Q(about_unit=F(column))
    rows = apps.get_model('reports', 'Report').objects.filter(about).order_by('pk')
    found = [f'LK-{pk:06d}' for pk in rows.values_list('pk', flat=True)[:MOST_NAMED]]
    if found:
        raise ValueError(
            'These reports are at the unit they are about, or below it: ' + ', '.join(found)
            + '. "manage.py move_above_accused --by NRP" takes them to the unit above, then migrate'
            ' again (docs/deployment.md).'
        )


class Migration(migrations.Migration):
    """Both halves read every report without a lock."""

    dependencies = [
        ('reports', '0013_choices_validated'),
    ]

    operations = [
        migrations.RunPython(name_reports_below_the_accused, migrations.RunPython.noop),
        ValidateConstraint(
            model_name='report', name='report_not_at_or_below_the_unit_it_is_about'
        ),
    ]
