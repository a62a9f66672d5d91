"""Who of some people serves at a unit on a day, and why somebody does not."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.utils.formats import date_format
from django.utils.translation import gettext

from accounts.models import AbsenceKind, User
from territory.models import Unit, UnitKind
from territory.scope import unscoped

OF_THESE_PEOPLE = "whether these people still serve is asked, wherever they are posted"


@dataclass(frozen=True)
class NotServing:
    """Why a person does not serve at a unit on a day: `str()` says it in words.

    `until` is the last day of a posting that has ended then, `since` the first day of one to come.
    Without either the person has no posting at all. `away` is the absence of who is posted there.
    """

    is_active: bool = True
    until: date | None = None
    since: date | None = None
    away: "Away | None" = None

    def __str__(self) -> str:
        if not self.is_active:
            return gettext("account switched off")
        if self.away is not None:
            return str(self.away)
        if self.since is not None:
            return gettext("posted from %(day)s") % {"day": date_format(self.since, "j M Y")}
        if self.until is not None:
            return gettext("posted until %(day)s") % {"day": date_format(self.until, "j M Y")}
        return gettext("without a posting")


@dataclass(frozen=True)
class Away:
    """The days of an absence."""

    kind: AbsenceKind
    starts_on: date
    ends_on: date

    @classmethod
    def read(cls, row: dict[str, Any]) -> "Away":
        """From a row of `User.away`."""
        starts_on, ends_on = (date.fromisoformat(row[key]) for key in ("starts_on", "ends_on"))
        return cls(AbsenceKind(row["kind"]), starts_on, ends_on)

    @property
    def span(self) -> str:
        """With both days, for who has not gone yet."""
        first, last = (date_format(day, "j M") for day in (self.starts_on, self.ends_on))
        return (
            f"{self.kind.label} {first}" if first == last else f"{self.kind.label} {first}–{last}"
        )

    def __str__(self) -> str:
        words = {"kind": self.kind.label, "day": date_format(self.ends_on, "j M")}
        return gettext("%(kind)s until %(day)s") % words


@dataclass(frozen=True)
class Service:
    """The days of a posting, with the ids of its unit and of the Polsek, Polres and Polda above."""

    starts_on: date
    ends_on: date | None
    unit_id: int
    lineage: frozenset[int | None]
    is_everywhere: bool

    @classmethod
    def read(cls, row: dict[str, Any]) -> "Service":
        """From a row of `User.posted`."""
        ends_on = row["ends_on"] and date.fromisoformat(row["ends_on"])
        lineage = frozenset(row[key] for key in ("unit", "polsek", "polres", "polda"))
        is_everywhere = row["kind"] == UnitKind.MABES
        starts_on = date.fromisoformat(row["starts_on"])
        return cls(starts_on, ends_on, row["unit"], lineage, is_everywhere)

    def is_on(self, day: date) -> bool:
        return self.starts_on <= day and (self.ends_on is None or self.ends_on >= day)


class Presence:
    """Who of some people serves at a unit on a day. No statement; `presence_of` reads the people.

    The postings to the unit and to those below it decide. Who never had one of these is lent to
    the unit: then postings to units above it decide, and where there are none, all postings. Who
    is absent serves nowhere on these days; who is lent, not in the units posted to.
    """

    def __init__(self, people: Iterable[User]) -> None:
        """Of `User.objects.with_postings()`."""
        self.people = {person.pk: person for person in people}
        # Read once: a list of schedules asks for each of its people on each of its nights.
        self.services = {
            pk: [Service.read(row) for row in person.posted] for pk, person in self.people.items()
        }
        self.away = {
            pk: [Away.read(row) for row in person.away] for pk, person in self.people.items()
        }

    def absence(self, person: int, unit: Unit, day: date) -> NotServing | None:
        """None where the person serves there on that day."""
        user = self.people[person]
        if not user.is_active:
            return NotServing(is_active=False)
        services = self._deciding(person, unit)
        if user.is_superuser or any(service.is_on(day) for service in services):
            away = self.away_between(person, unit, day, day)
            return NotServing(away=away) if away else None
        return NotServing(
            until=max((s.ends_on for s in services if s.ends_on and s.ends_on < day), default=None),
            since=min((s.starts_on for s in services if s.starts_on > day), default=None),
        )

    def away_between(self, person: int, unit: Unit, first: date, last: date) -> Away | None:
        """The first absence from the unit on one of these days."""
        for away in self.away[person]:
            if (
                away.starts_on <= last
                and away.ends_on >= first
                and self._is_from(away, person, unit)
            ):
                return away
        return None

    def _is_from(self, away: Away, person: int, unit: Unit) -> bool:
        """Who is lent to another unit may serve there."""
        if away.kind != AbsenceKind.LENT:
            return True
        return any(unit.pk in service.lineage for service in self.services[person])

    def serves_throughout(self, person: int, unit: Unit, first: date, last: date) -> bool:
        """Whether one posting covers all these days. Where it is False, `absence` may still find
        that two postings together do."""
        user = self.people[person]
        if self.away_between(person, unit, first, last):
            return False
        covers = (s.is_on(first) and s.is_on(last) for s in self._deciding(person, unit))
        return user.is_active and (user.is_superuser or any(covers))

    def _deciding(self, person: int, unit: Unit) -> list[Service]:
        services = self.services[person]
        if unit.kind == UnitKind.MABES:
            return services
        inside = [service for service in services if unit.pk in service.lineage]
        above_ids = set(unit.lineage_ids())
        above = [s for s in services if s.is_everywhere or s.unit_id in above_ids]
        return inside or above or services


def presence_of(people: Iterable[int]) -> Presence:
    """One statement."""
    rows = unscoped(User.objects.with_postings(), OF_THESE_PEOPLE)
    rows = rows.filter(pk__in=set(people)).only("name", "rank", "is_active", "is_superuser")
    return Presence(rows.order_by())
