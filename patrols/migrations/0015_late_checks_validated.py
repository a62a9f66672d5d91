from django.contrib.postgres.operations import ValidateConstraint
from django.db import migrations


class Migration(migrations.Migration):
    """In a transaction of its own, so that pages are held up by neither half."""

    dependencies = [
        ('patrols', '0014_late_notes'),
    ]

    operations = [
        ValidateConstraint(model_name='duty', name='duty_ended_after_start'),
        ValidateConstraint(model_name='logentry', name='entry_photos_to_come'),
    ]
