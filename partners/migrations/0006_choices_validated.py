from django.contrib.postgres.operations import ValidateConstraint
from django.db import migrations


class Migration(migrations.Migration):
    """In a transaction of its own, so that pages are held up by neither half."""

    dependencies = [
        ('partners', '0005_choices_checked'),
    ]

    operations = [
        ValidateConstraint(model_name='groupmember', name='member_role_known'),
    ]
