from django.contrib.postgres.operations import AddIndexConcurrently
from django.db import migrations, models


class Migration(migrations.Migration):

    atomic = False  # the index of a large table is made while people work

    dependencies = [
        ('patrols', '0023_posts_and_handovers'),
    ]

    operations = [
        AddIndexConcurrently(
            model_name='duty',
            index=models.Index(condition=models.Q(('post__isnull', False)), fields=['post', '-night', '-id'], name='duty_post'),
        ),
    ]
