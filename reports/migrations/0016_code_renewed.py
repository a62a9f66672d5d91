from django.conf import settings
from django.contrib.postgres.operations import AddConstraintNotValid
from django.db import migrations, models

import toolkit.schema


class Migration(migrations.Migration):

    dependencies = [
        ('reports', '0015_category_state_index'),
        ('territory', '0005_choices_validated'),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.RemoveConstraint(
            model_name='reportevent',
            name='event_kind_known',
        ),
        migrations.AlterField(
            model_name='reportevent',
            name='kind',
            field=models.CharField(choices=[('received', 'report received'), ('verified', 'verified'), ('dispatched', 'officer assigned'), ('recalled', 'assignment taken back'), ('arrived', 'officer on scene'), ('resolved', 'resolved'), ('closed', 'closed'), ('rejected', 'cannot be followed up yet'), ('merged', 'merged with another report'), ('referred', 'passed on'), ('reopened', 'reopened'), ('overridden', 'state set by the commander'), ('handed_over', 'handed over to another unit'), ('classified', 'category or priority changed'), ('note', 'note'), ('reporter_note', 'note of the reporter'), ('confirmed', 'outcome confirmed by the reporter'), ('disputed', 'outcome disputed by the reporter'), ('rated', 'rated by the reporter'), ('code_renewed', 'new code given to the reporter')], max_length=14, verbose_name='kind'),
        ),
        AddConstraintNotValid(
            model_name='reportevent',
            constraint=toolkit.schema.OneOf(condition=models.Q(('kind__in', ['received', 'verified', 'dispatched', 'recalled', 'arrived', 'resolved', 'closed', 'rejected', 'merged', 'referred', 'reopened', 'overridden', 'handed_over', 'classified', 'note', 'reporter_note', 'confirmed', 'disputed', 'rated', 'code_renewed'])), name='event_kind_known'),
        ),
    ]
