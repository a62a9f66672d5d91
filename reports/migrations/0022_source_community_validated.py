from django.contrib.postgres.operations import ValidateConstraint
from django.db import migrations


class Migration(migrations.Migration):

    dependencies = [
        ('reports', '0021_source_community'),
    ]

    operations = [
        ValidateConstraint(
            model_name='report',
            name='report_source_known',
        ),
    ]
