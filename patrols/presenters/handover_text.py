"""Handovers of posts in words."""

from django.utils.translation import gettext as _

from patrols.models import PostHandover
from territory.times import moment


def handover_words(handover: PostHandover) -> list[str]:
    """What is stored, in lines, for somebody who has sent another one."""
    taken = {
        "giver": handover.giver.titled_name,
        "taker": handover.taker_name,
        "at": moment(handover.at, handover.unit),
    }
    lines = [_("handed over by %(giver)s to %(taker)s, %(at)s") % taken]
    troubled = [line for line in handover.lines.all() if line.is_troubled]
    return [*lines, *(f"{line.name}: {line.state_words}" for line in troubled)]
