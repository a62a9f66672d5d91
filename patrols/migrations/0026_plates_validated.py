from django.contrib.postgres.operations import ValidateConstraint
from django.db import migrations


class Migration(migrations.Migration):
    """In a transaction of its own, so that pages are held up by neither half."""

    dependencies = [
        ('patrols', '0025_routes_plates_and_stops'),
    ]

    operations = [ValidateConstraint(model_name='logentry', name='entry_by_plate')]
