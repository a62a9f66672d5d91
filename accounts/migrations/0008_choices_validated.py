from django.contrib.postgres.operations import ValidateConstraint
from django.db import migrations


class Migration(migrations.Migration):
    """In a transaction of its own, so that pages are held up by neither half."""

    dependencies = [
        ('accounts', '0007_choices_checked'),
    ]

    operations = [
        ValidateConstraint(model_name='posting', name='posting_role_known'),
        ValidateConstraint(model_name='user', name='user_rank_known'),
    ]
