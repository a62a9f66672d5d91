"""What the form of an activity offers: kinds, villages, groups, and whose unit it is of."""

from accounts.models import User
from accounts.roles import Action
from partners.models import PartnerGroup
from programs.models import Activity, ActivityKind
from reports.selectors.areas import village_rows_of
from territory.models import Area, Unit
from territory.scope import unscoped

MOST_GROUPS = 300


def kinds_offered(user: User) -> list[ActivityKind]:
    return list(ActivityKind.objects.visible_to(user).offered())


def served_keys(user: User) -> list[int]:
    """Keys of the villages that the person's postings of today serve."""
    return [
        village
        for posting in user.postings_held()
        if posting.is_on(posting.unit.today())
        for village in posting.served
    ]


def villages_offered(user: User) -> list[Area]:
    """Those the person serves; else those of the own unit, unless there are too many to choose."""
    if served := served_keys(user):
        rows = unscoped(Area.objects.villages(), "areas are public facts")
        return list(rows.filter(pk__in=served).order_by("name", "code"))
    return village_rows_of(user.unit)


def groups_offered(user: User, home: Unit | None) -> list[PartnerGroup]:
    """Those of the unit itself: a phone keeps the form, and with it their names."""
    if home is None or home.pk is None:
        return []
    rows = PartnerGroup.objects.visible_to(user).filter(is_active=True, unit=home)
    return list(rows.only("name").order_by("name", "pk")[:MOST_GROUPS])


def unit_to_log(user: User) -> Unit | None:
    """The unit whose work it is: of the newest posting that may log, else the person's own."""
    may_log = (
        posting.unit.pk
        for posting in user.postings_held()
        if posting.is_on(posting.unit.today()) and Action.LOG in posting.grant().actions
    )
    key = next(may_log, user.unit_id or 0)
    return Unit.objects.visible_to(user).filter(pk=key).first()


def last_visit_today(user: User) -> Activity | None:
    """The person's newest activity of today: the next one is often in the same village and RW."""
    now_there = Activity.objects.visible_to(user).standing().filter(author=user)
    last = now_there.only("at", "village", "rw", "unit__timezone").select_related("unit").first()
    if last is None or last.unit.today() != last.at.astimezone(last.unit.zone).date():
        return None
    return last
