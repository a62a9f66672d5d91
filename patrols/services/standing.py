"""What changes on duties, at once, when an administrator changed somebody's posting or account."""

from datetime import date, datetime

from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from accounts.models import User
from accounts.selectors.presence import presence_of
from patrols.models import Attendance, Duty, Schedule, Team
from patrols.selectors.clashes import Clash, as_seen_by
from patrols.services.leavers import free_duties
from patrols.services.schedules import ScheduleClash, refresh_duties
from territory.times import night_spans


def follow_standing(person: User, by: User) -> list[str]:
    """Frees the duties of nights on which the person serves no more, and fills those of schedules
    on which the person serves again. Tells `by` what was done, and what has to be done by hand."""
    now = timezone.now()
    before = _expected_nights(person, now)
    free_duties(officer=person, now=now)
    clashes = as_seen_by(_refresh_schedules(person, now), by)
    after = _expected_nights(person, now)
    told = _tell_nights(person, lost=before - after, gained=after - before)
    told += [
        _("Left out on nights with another duty: %(people)s") % {"people": clash}
        for clash in clashes
    ]
    return told + _tell_running(person, by, now)


def _expected_nights(person: User, now: datetime) -> set[tuple[int, date]]:
    """Duties to come with their nights."""
    rows = Attendance.objects.filter(officer=person, expected=True, duty__ends_at__gt=now)
    planned = rows.filter(duty__in=Duty.objects.planned())
    return set(planned.values_list("duty", "duty__night"))


def _refresh_schedules(person: User, now: datetime) -> list[Clash]:
    """Where the person is expected elsewhere, so that the schedules do without."""
    schedules = Schedule.objects.current().filter(
        Q(leader=person)
        | Q(pk__in=person.schedules.values("pk"))
        | Q(pk__in=Team.objects.filter(leader=person).values("schedule"))
        | Q(pk__in=person.teams.values("schedule"))
    )
    clashes = []
    for schedule in schedules.select_related("unit").order_by("pk"):
        try:
            clashes += refresh_duties(schedule, now=now, leave_out=True).left_out
        except ScheduleClash as clash:  # somebody planned at the same moment
            clashes += clash.clashes
    return [clash for clash in clashes if clash.key == (person.pk, None)]


def _tell_nights(
    person: User, *, lost: set[tuple[int, date]], gained: set[tuple[int, date]]
) -> list[str]:
    told = []
    if lost:
        sentence = ngettext(
            "%(person)s is no longer expected on %(n)d night: %(nights)s.",
            "%(person)s is no longer expected on %(n)d nights: %(nights)s.",
            len(lost),
        )
        nights = night_spans(night for _duty, night in lost)
        told.append(sentence % {"person": person, "n": len(lost), "nights": nights})
    if gained:
        sentence = ngettext(
            "%(person)s is now expected on %(n)d night: %(nights)s.",
            "%(person)s is now expected on %(n)d nights: %(nights)s.",
            len(gained),
        )
        nights = night_spans(night for _duty, night in gained)
        told.append(sentence % {"person": person, "n": len(gained), "nights": nights})
    return told


def _tell_running(person: User, by: User, now: datetime) -> list[str]:
    """Who may end the duties that run now, where their leader serves no more."""
    presence = presence_of([person.pk])
    told = []
    running = Duty.objects.visible_to(by).running().filter(leader=person)
    for duty in running.select_related("unit"):
        if presence.absence(person.pk, duty.unit, duty.unit.today(now)) is None:
            continue
        words = {"duty": duty, "person": person}
        if person.is_active:
            told.append(_("“%(duty)s” is running: %(person)s may still finish it.") % words)
        else:
            told.append(
                _("“%(duty)s” is running, led by %(person)s: the unit has to end it.") % words
            )
    return told
