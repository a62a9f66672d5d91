from django.contrib.postgres.operations import ValidateConstraint
from django.db import migrations


class Migration(migrations.Migration):
    """In a transaction of its own, so that pages are held up by neither half."""

    dependencies = [
        ('territory', '0004_choices_checked'),
    ]

    operations = [
        ValidateConstraint(model_name='area', name='area_level_known'),
        ValidateConstraint(model_name='unit', name='unit_kind_known'),
        ValidateConstraint(model_name='unit', name='unit_timezone_known'),
    ]
