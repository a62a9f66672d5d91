"""What a planner is told after a schedule was saved or ended."""

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from patrols.services.schedules import Outcome
from territory.times import night_spans


def outcome_text(outcome: Outcome) -> str:
    """What saving or ending a schedule did to its nights, a sentence for each kind of change."""
    made, changed = len(outcome.made), len(outcome.changed)
    dropped, kept = len(outcome.dropped), len(outcome.kept)
    parts = []
    if made:
        parts.append(ngettext("%(n)d night made.", "%(n)d nights made.", made) % {"n": made})
    if changed:
        words = ngettext("%(n)d night changed.", "%(n)d nights changed.", changed)
        parts.append(words % {"n": changed})
    if dropped:
        words = ngettext(
            "%(n)d night dropped: %(nights)s.", "%(n)d nights dropped: %(nights)s.", dropped
        )
        parts.append(words % {"n": dropped, "nights": night_spans(outcome.dropped)})
    if kept:
        words = ngettext(
            "%(n)d night kept as it was, because somebody has changed it: %(nights)s.",
            "%(n)d nights kept as they were, because somebody has changed them: %(nights)s.",
            kept,
        )
        parts.append(words % {"n": kept, "nights": night_spans(outcome.kept)})
    if outcome.left_out:
        people = ", ".join(clash.person for clash in outcome.left_out)
        parts.append(_("Left out on nights with another duty: %(people)s.") % {"people": people})
    return " ".join(parts) or _("Its nights stay as they are.")
