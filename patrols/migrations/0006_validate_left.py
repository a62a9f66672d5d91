from django.contrib.postgres.operations import ValidateConstraint
from django.db import migrations


class Migration(migrations.Migration):
    """Apart from the migration that adds the constraint: it reads every roll without a lock."""

    dependencies = [
        ('patrols', '0005_sent_once'),
    ]

    operations = [
        ValidateConstraint(model_name='attendance', name='attendance_left_came'),
    ]
