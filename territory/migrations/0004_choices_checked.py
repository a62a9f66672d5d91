from django.contrib.postgres.operations import AddConstraintNotValid
from django.db import migrations, models

import toolkit.schema


class Migration(migrations.Migration):

    dependencies = [
        ('territory', '0003_contexts_stay'),
    ]

    operations = [
        AddConstraintNotValid(
            model_name='area',
            constraint=toolkit.schema.OneOf(condition=models.Q(('level__in', ['province', 'regency', 'district', 'village', 'rw', 'rt'])), name='area_level_known'),
        ),
        AddConstraintNotValid(
            model_name='unit',
            constraint=toolkit.schema.OneOf(condition=models.Q(('kind__in', ['mabes', 'polda', 'polres', 'polsek', 'subsektor'])), name='unit_kind_known'),
        ),
        AddConstraintNotValid(
            model_name='unit',
            constraint=toolkit.schema.OneOf(condition=models.Q(('timezone__in', ['Asia/Jakarta', 'Asia/Makassar', 'Asia/Jayapura'])), name='unit_timezone_known'),
        ),
    ]
