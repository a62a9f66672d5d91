from django.contrib.postgres.operations import AddConstraintNotValid
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('accounts', '0009_access_stays'),
        ('territory', '0005_choices_validated'),
    ]

    operations = [
        migrations.RemoveConstraint(
            model_name='accessevent',
            name='accessevent_kind',
        ),
        migrations.AlterField(
            model_name='accessevent',
            name='kind',
            field=models.CharField(choices=[('link_made', 'link for a new password made'), ('link_used', 'new password set with the link'), ('switched_on', 'account switched on again'), ('switched_off', 'account switched off'), ('renamed', 'name, NRP or username changed'), ('promoted', 'made a head administrator'), ('demoted', 'no head administrator any more'), ('confirmed', 'person confirmed'), ('asked', 'permission for sealed reports asked for'), ('granted', 'permission for sealed reports given'), ('refused', 'permission for sealed reports refused'), ('ended', 'permission for sealed reports taken away'), ('shortened', 'posting shortened or ended')], max_length=12, verbose_name='kind'),
        ),
        AddConstraintNotValid(
            model_name='accessevent',
            constraint=models.CheckConstraint(condition=models.Q(('kind__in', ['link_made', 'link_used', 'switched_on', 'switched_off', 'renamed', 'promoted', 'demoted', 'confirmed', 'asked', 'granted', 'refused', 'ended', 'shortened'])), name='accessevent_kind'),
        ),
    ]
