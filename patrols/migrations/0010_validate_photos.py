from django.contrib.postgres.operations import ValidateConstraint
from django.db import migrations


class Migration(migrations.Migration):
    """Apart from the migration that adds the constraint: it reads every photo without a lock."""

    dependencies = [
        ('patrols', '0009_missing_photos'),
    ]

    operations = [
        ValidateConstraint(model_name='entryphoto', name='entryphoto_has_both_or_none'),
    ]
