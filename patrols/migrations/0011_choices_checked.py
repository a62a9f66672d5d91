from django.conf import settings
from django.contrib.postgres.operations import AddConstraintNotValid
from django.db import migrations, models

import toolkit.schema


class Migration(migrations.Migration):

    dependencies = [
        ('partners', '0005_choices_checked'),
        ('patrols', '0010_validate_photos'),
        ('territory', '0004_choices_checked'),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        AddConstraintNotValid(
            model_name='attendance',
            constraint=toolkit.schema.OneOf(condition=models.Q(('status__in', ['', 'present', 'late', 'excused', 'absent', 'replacement'])), name='attendance_status_known'),
        ),
        AddConstraintNotValid(
            model_name='duty',
            constraint=toolkit.schema.OneOf(condition=models.Q(('kind__in', ['joint', 'patrol', 'dialogue', 'guard_post', 'regulation', 'guarding', 'escort', 'cyber'])), name='duty_kind_known'),
        ),
        AddConstraintNotValid(
            model_name='duty',
            constraint=toolkit.schema.OneOf(condition=models.Q(('state__in', ['planned', 'running', 'ended', 'missed', 'cancelled'])), name='duty_state_known'),
        ),
        AddConstraintNotValid(
            model_name='duty',
            constraint=toolkit.schema.OneOf(condition=models.Q(('review__in', ['', 'waiting', 'approved', 'returned'])), name='duty_review_known'),
        ),
        AddConstraintNotValid(
            model_name='logentry',
            constraint=toolkit.schema.OneOf(condition=models.Q(('kind__in', ['check_in', 'observation', 'contact', 'warning', 'finding', 'note', 'handover', 'start', 'pause', 'end'])), name='entry_kind_known'),
        ),
        AddConstraintNotValid(
            model_name='schedule',
            constraint=toolkit.schema.OneOf(condition=models.Q(('kind__in', ['joint', 'patrol', 'dialogue', 'guard_post', 'regulation', 'guarding', 'escort', 'cyber'])), name='schedule_kind_known'),
        ),
    ]
