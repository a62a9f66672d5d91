from django.db import migrations

from toolkit.schema import KEEP_CONTEXT


class Migration(migrations.Migration):

    dependencies = [
        ('territory', '0002_name_key_indexes'),
        ('pghistory', '0007_auto_20250421_0444'),
    ]

    operations = [
        migrations.RunSQL(KEEP_CONTEXT, migrations.RunSQL.noop),
    ]
