from django.contrib.postgres.operations import ValidateConstraint
from django.db import migrations


class Migration(migrations.Migration):
    """In a transaction of its own, so that pages are held up by neither half."""

    dependencies = [
        ('patrols', '0011_choices_checked'),
    ]

    operations = [
        ValidateConstraint(model_name='attendance', name='attendance_status_known'),
        ValidateConstraint(model_name='duty', name='duty_kind_known'),
        ValidateConstraint(model_name='duty', name='duty_state_known'),
        ValidateConstraint(model_name='duty', name='duty_review_known'),
        ValidateConstraint(model_name='logentry', name='entry_kind_known'),
        ValidateConstraint(model_name='schedule', name='schedule_kind_known'),
    ]
