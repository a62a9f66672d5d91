from django.contrib.postgres.operations import ValidateConstraint
from django.db import migrations


class Migration(migrations.Migration):
    """In a transaction of its own, so that pages are held up by neither half."""

    dependencies = [
        ('reports', '0012_choices_checked'),
    ]

    operations = [
        ValidateConstraint(model_name='category', name='category_group_known'),
        ValidateConstraint(model_name='category', name='category_crime_class_known'),
        ValidateConstraint(model_name='report', name='report_precision_known'),
        ValidateConstraint(model_name='report', name='report_source_known'),
        ValidateConstraint(model_name='report', name='report_privacy_known'),
        ValidateConstraint(model_name='report', name='report_priority_known'),
        ValidateConstraint(model_name='report', name='report_state_known'),
        ValidateConstraint(model_name='report', name='report_outcome_known'),
        ValidateConstraint(model_name='reportevent', name='event_kind_known'),
        ValidateConstraint(model_name='reportevent', name='event_from_state_known'),
        ValidateConstraint(model_name='reportevent', name='event_to_state_known'),
    ]
