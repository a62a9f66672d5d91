from django.contrib.postgres.operations import ValidateConstraint
from django.db import migrations


class Migration(migrations.Migration):

    dependencies = [
        ('reports', '0016_code_renewed'),
    ]

    operations = [
        ValidateConstraint(model_name='reportevent', name='event_kind_known'),
    ]
