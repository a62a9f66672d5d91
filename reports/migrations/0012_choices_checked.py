import pgtrigger.compiler
import pgtrigger.migrations
from django.conf import settings
from django.contrib.postgres.operations import AddConstraintNotValid
from django.db import migrations, models

import toolkit.schema


class Migration(migrations.Migration):

    dependencies = [
        ('reports', '0011_validate_photos'),
        ('territory', '0004_choices_checked'),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        pgtrigger.migrations.RemoveTrigger(
            model_name='reportcontact',
            name='none_if_anonymous',
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='contactaccess',
            trigger=pgtrigger.compiler.Trigger(name='unit_stays', sql=pgtrigger.compiler.UpsertTriggerSql(condition='WHEN (OLD."unit_id" IS DISTINCT FROM (NEW."unit_id"))', func="RAISE EXCEPTION 'pgtrigger: Cannot update rows from % table', TG_TABLE_NAME;", hash='b47893243cdce7e48084e5809bde2e552a0a5f88', operation='UPDATE', pgid='pgtrigger_unit_stays_ef168', table='reports_contactaccess', when='BEFORE')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='handover',
            trigger=pgtrigger.compiler.Trigger(name='unit_stays', sql=pgtrigger.compiler.UpsertTriggerSql(condition='WHEN (OLD."unit_id" IS DISTINCT FROM (NEW."unit_id"))', func="RAISE EXCEPTION 'pgtrigger: Cannot update rows from % table', TG_TABLE_NAME;", hash='e9ef2c87f010b4be90a7cd9e726b33cc5ef4bbe8', operation='UPDATE', pgid='pgtrigger_unit_stays_4b66b', table='reports_handover', when='BEFORE')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='report',
            trigger=pgtrigger.compiler.Trigger(name='no_contact_if_anonymous', sql=pgtrigger.compiler.UpsertTriggerSql(condition='WHEN (NEW."privacy" = \'anonymous\')', func="\n                    IF EXISTS (SELECT FROM reports_reportcontact WHERE report_id = NEW.id) THEN\n                        RAISE EXCEPTION 'a report with a contact does not become anonymous'\n                            USING ERRCODE = 'check_violation';\n                    END IF;\n                    RETURN NEW;\n                ", hash='450173d7e9783b9a9e6c04c1c6af4bcdeef74ee9', operation='UPDATE OF "privacy"', pgid='pgtrigger_no_contact_if_anonymous_38f82', table='reports_report', when='BEFORE')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='reportcontact',
            trigger=pgtrigger.compiler.Trigger(name='none_if_anonymous', sql=pgtrigger.compiler.UpsertTriggerSql(func="\n                    -- Locked, so that the report is not made anonymous at the same moment.\n                    IF (SELECT privacy FROM reports_report WHERE id = NEW.report_id FOR SHARE)\n                        = 'anonymous' THEN\n                        RAISE EXCEPTION 'no contact is kept of an anonymous reporter'\n                            USING ERRCODE = 'check_violation';\n                    END IF;\n                    RETURN NEW;\n                ", hash='4acaff56aded7b346dc7959f2ce8f30a96ee395e', operation='INSERT OR UPDATE', pgid='pgtrigger_none_if_anonymous_75d06', table='reports_reportcontact', when='BEFORE')),
        ),
        AddConstraintNotValid(
            model_name='category',
            constraint=toolkit.schema.OneOf(condition=models.Q(('group__in', ['crime', 'order', 'traffic', 'social', 'disaster', 'hazard', 'service', 'other'])), name='category_group_known'),
        ),
        AddConstraintNotValid(
            model_name='category',
            constraint=toolkit.schema.OneOf(condition=models.Q(('crime_class__in', ['', 'conventional', 'transnational', 'state_assets', 'contingency'])), name='category_crime_class_known'),
        ),
        AddConstraintNotValid(
            model_name='report',
            constraint=toolkit.schema.OneOf(condition=models.Q(('precision__in', ['exact', 'about', 'unknown'])), name='report_precision_known'),
        ),
        AddConstraintNotValid(
            model_name='report',
            constraint=toolkit.schema.OneOf(condition=models.Q(('source__in', ['web', 'phone', 'walk_in', 'whatsapp', 'patrol', 'cyber', 'partner'])), name='report_source_known'),
        ),
        AddConstraintNotValid(
            model_name='report',
            constraint=toolkit.schema.OneOf(condition=models.Q(('privacy__in', ['anonymous', 'sealed', 'officers'])), name='report_privacy_known'),
        ),
        AddConstraintNotValid(
            model_name='report',
            constraint=toolkit.schema.OneOf(condition=models.Q(('priority__in', ['urgent', 'high', 'normal'])), name='report_priority_known'),
        ),
        AddConstraintNotValid(
            model_name='report',
            constraint=toolkit.schema.OneOf(condition=models.Q(('state__in', ['received', 'verified', 'dispatched', 'on_scene', 'resolved', 'closed', 'rejected', 'duplicate', 'referred'])), name='report_state_known'),
        ),
        AddConstraintNotValid(
            model_name='report',
            constraint=toolkit.schema.OneOf(condition=models.Q(('outcome__in', ['', 'handled', 'mediated', 'held', 'found', 'police_report', 'unfounded', 'other'])), name='report_outcome_known'),
        ),
        AddConstraintNotValid(
            model_name='reportevent',
            constraint=toolkit.schema.OneOf(condition=models.Q(('kind__in', ['received', 'verified', 'dispatched', 'recalled', 'arrived', 'resolved', 'closed', 'rejected', 'merged', 'referred', 'reopened', 'overridden', 'handed_over', 'classified', 'note', 'reporter_note', 'confirmed', 'disputed', 'rated'])), name='event_kind_known'),
        ),
        AddConstraintNotValid(
            model_name='reportevent',
            constraint=toolkit.schema.OneOf(condition=models.Q(('from_state__in', ['', 'received', 'verified', 'dispatched', 'on_scene', 'resolved', 'closed', 'rejected', 'duplicate', 'referred'])), name='event_from_state_known'),
        ),
        AddConstraintNotValid(
            model_name='reportevent',
            constraint=toolkit.schema.OneOf(condition=models.Q(('to_state__in', ['', 'received', 'verified', 'dispatched', 'on_scene', 'resolved', 'closed', 'rejected', 'duplicate', 'referred'])), name='event_to_state_known'),
        ),
    ]
