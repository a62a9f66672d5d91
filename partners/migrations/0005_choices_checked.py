from django.conf import settings
from django.contrib.postgres.operations import AddConstraintNotValid
from django.db import migrations, models

import toolkit.schema


class Migration(migrations.Migration):

    dependencies = [
        ('partners', '0004_name_key_indexes'),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        AddConstraintNotValid(
            model_name='groupmember',
            constraint=toolkit.schema.OneOf(condition=models.Q(('role__in', ['chair', 'secretary', 'coordinator', 'member'])), name='member_role_known'),
        ),
    ]
