from django.contrib.postgres.operations import AddConstraintNotValid
from django.db import migrations, models

import toolkit.schema


class Migration(migrations.Migration):

    dependencies = [
        ('accounts', '0006_two_people'),
        ('territory', '0004_choices_checked'),
    ]

    operations = [
        AddConstraintNotValid(
            model_name='posting',
            constraint=toolkit.schema.OneOf(condition=models.Q(('role__in', ['officer', 'commander', 'operator', 'admin'])), name='posting_role_known'),
        ),
        AddConstraintNotValid(
            model_name='user',
            constraint=toolkit.schema.OneOf(condition=models.Q(('rank__in', ['', 'bharada', 'bharatu', 'bharaka', 'abripda', 'abriptu', 'abrip', 'bripda', 'briptu', 'brigpol', 'bripka', 'aipda', 'aiptu', 'ipda', 'iptu', 'akp', 'kompol', 'akbp', 'kombes', 'brigjen', 'irjen', 'komjen', 'jenderal'])), name='user_rank_known'),
        ),
    ]
