from django.contrib.postgres.indexes import GinIndex, OpClass
from django.contrib.postgres.operations import AddIndexConcurrently, RemoveIndexConcurrently
from django.db import migrations

from toolkit.name_search import NameKey


class Migration(migrations.Migration):

    atomic = False  # the indexes of large tables are made while people work

    dependencies = [
        ('partners', '0003_members_sent_once'),
        ('territory', '0002_name_key_indexes'),
    ]

    operations = [
        AddIndexConcurrently(
            model_name='groupmember',
            index=GinIndex(OpClass(NameKey('name'), name='gin_trgm_ops'), name='member_name_key'),
        ),
        AddIndexConcurrently(
            model_name='partnergroup',
            index=GinIndex(OpClass(NameKey('name'), name='gin_trgm_ops'), name='group_name_key'),
        ),
        RemoveIndexConcurrently(model_name='groupmember', name='member_search'),
        RemoveIndexConcurrently(model_name='partnergroup', name='group_search'),
    ]
