import django.db.models.expressions
import django.db.models.functions.math
from django.contrib.postgres.operations import AddIndexConcurrently
from django.db import migrations, models


class Migration(migrations.Migration):

    atomic = False  # the index of a large table is made while people work

    dependencies = [
        ('reports', '0018_proposed_hotspots'),
    ]

    operations = [
        AddIndexConcurrently(
            model_name='report',
            index=models.Index(django.db.models.functions.math.Floor(django.db.models.expressions.CombinedExpression(models.F('lat'), '*', models.Value(200))), django.db.models.functions.math.Floor(django.db.models.expressions.CombinedExpression(models.F('lon'), '*', models.Value(200))), models.OrderBy(models.F('reported_at'), descending=True), condition=models.Q(('lat__isnull', False)), name='report_square'),
        ),
    ]
