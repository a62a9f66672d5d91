from django.contrib.postgres.operations import ValidateConstraint
from django.db import migrations


class Migration(migrations.Migration):
    """Apart from the migration that adds the constraint: it reads the rows without a lock."""

    dependencies = [
        ('accounts', '0010_more_changes_of_access'),
    ]

    operations = [
        ValidateConstraint(model_name='accessevent', name='accessevent_kind'),
    ]
