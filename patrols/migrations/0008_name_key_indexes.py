from django.contrib.postgres.indexes import GinIndex, OpClass
from django.contrib.postgres.operations import AddIndexConcurrently, RemoveIndexConcurrently
from django.db import migrations

from toolkit.name_search import NameKey


class Migration(migrations.Migration):

    atomic = False  # the indexes of large tables are made while people work

    dependencies = [
        ('patrols', '0007_schedule_people_history'),
        ('territory', '0002_name_key_indexes'),
    ]

    operations = [
        AddIndexConcurrently(
            model_name='duty',
            index=GinIndex(OpClass(NameKey('name'), name='gin_trgm_ops'), name='duty_name_key'),
        ),
        RemoveIndexConcurrently(model_name='duty', name='duty_search'),
    ]
