from django.contrib.postgres.indexes import GinIndex, OpClass
from django.contrib.postgres.operations import AddIndexConcurrently, RemoveIndexConcurrently
from django.db import migrations

from toolkit.name_search import CREATE_NAME_KEY, DROP_NAME_KEY, NameKey


class Migration(migrations.Migration):

    atomic = False  # the indexes of large tables are made while people work

    dependencies = [
        ('territory', '0001_initial'),
    ]

    operations = [
        migrations.RunSQL(CREATE_NAME_KEY, DROP_NAME_KEY),
        AddIndexConcurrently(
            model_name='area',
            index=GinIndex(OpClass(NameKey('name'), name='gin_trgm_ops'), name='area_name_key'),
        ),
        AddIndexConcurrently(
            model_name='unit',
            index=GinIndex(OpClass(NameKey('name'), name='gin_trgm_ops'), name='unit_name_key'),
        ),
        RemoveIndexConcurrently(model_name='area', name='area_search'),
        RemoveIndexConcurrently(model_name='unit', name='unit_search'),
    ]
