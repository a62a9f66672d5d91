from django.contrib.postgres.operations import ValidateConstraint
from django.db import migrations


class Migration(migrations.Migration):
    """Apart from the migration that adds the constraint: it reads every photo without a lock."""

    dependencies = [
        ('reports', '0010_missing_photos'),
    ]

    operations = [
        ValidateConstraint(model_name='reportphoto', name='reportphoto_has_both_or_none'),
    ]
