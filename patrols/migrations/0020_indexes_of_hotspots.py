import django.db.models.expressions
import django.db.models.functions.math
from django.conf import settings
from django.contrib.postgres.operations import AddIndexConcurrently
from django.db import migrations, models


class Migration(migrations.Migration):

    atomic = False  # the index of a large table is made while people work

    dependencies = [
        ('patrols', '0019_hotspot_of_duties'),
        ('reports', '0019_report_square'),
        ('territory', '0006_boundary'),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        AddIndexConcurrently(
            model_name='duty',
            index=models.Index(condition=models.Q(('hotspot__isnull', False)), fields=['hotspot', '-night', '-id'], name='duty_hotspot'),
        ),
        AddIndexConcurrently(
            model_name='logentry',
            index=models.Index(django.db.models.functions.math.Floor(django.db.models.expressions.CombinedExpression(models.F('lat'), '*', models.Value(200))), django.db.models.functions.math.Floor(django.db.models.expressions.CombinedExpression(models.F('lon'), '*', models.Value(200))), models.OrderBy(models.F('at'), descending=True), condition=models.Q(('lat__isnull', False)), name='entry_square'),
        ),
    ]
