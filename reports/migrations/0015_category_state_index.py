from django.contrib.postgres.operations import AddIndexConcurrently
from django.db import migrations, models


class Migration(migrations.Migration):

    atomic = False  # the index of a large table is made while people work

    dependencies = [
        ('reports', '0014_never_below_the_accused_validated'),
    ]

    operations = [
        AddIndexConcurrently(
            model_name='report',
            index=models.Index(
                fields=['category', 'state', '-reported_at', '-id'],
                include=('is_sealed', 'assignee', 'about_unit'),
                condition=models.Q(('state', 'closed'), _negated=True),
                name='report_category_state',
            ),
        ),
    ]
