from django.contrib.postgres.indexes import GinIndex, OpClass
from django.contrib.postgres.operations import AddIndexConcurrently, RemoveIndexConcurrently
from django.db import migrations

from toolkit.name_search import NameKey


class Migration(migrations.Migration):

    atomic = False  # the indexes of large tables are made while people work

    dependencies = [
        ('reports', '0006_hotspot_categories_history'),
        ('territory', '0002_name_key_indexes'),
    ]

    operations = [
        AddIndexConcurrently(
            model_name='hotspot',
            index=GinIndex(OpClass(NameKey('name'), name='gin_trgm_ops'), name='hotspot_name_key'),
        ),
        RemoveIndexConcurrently(model_name='hotspot', name='hotspot_search'),
    ]
