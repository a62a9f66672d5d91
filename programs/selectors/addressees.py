"""To whom a unit may send an instruction: units below it, and its own officers."""

from django.db.models import QuerySet

from accounts.models import Posting, User
from accounts.roles import Role
from territory.models import Unit, UnitKind
from territory.scope import rows_below, unscoped

OF_THE_UNIT = "who answers for the unit sends to those below it"
# A Polda also writes past its Polres. Mabes leaves that to the Polda.
LEVELS_BELOW: dict[str, tuple[str, ...]] = {
    UnitKind.MABES: (UnitKind.POLDA,),
    UnitKind.POLDA: (UnitKind.POLRES, UnitKind.POLSEK),
    UnitKind.POLRES: (UnitKind.POLSEK, UnitKind.SUBSEKTOR),
    UnitKind.POLSEK: (UnitKind.SUBSEKTOR,),
}


def units_under(unit: Unit) -> QuerySet[Unit]:
    """The units below it that it may write to."""
    levels = LEVELS_BELOW.get(unit.kind, ())
    rows = unscoped(Unit.objects, OF_THE_UNIT)
    if not levels:
        return rows.none()
    return rows.filter(rows_below(unit), kind__in=levels).exclude(pk=unit.pk)


def officers_of(unit: Unit) -> QuerySet[User]:
    """Who serves in the unit itself today, whatever the role."""
    here = unscoped(Posting.objects.active(), OF_THE_UNIT).filter(unit=unit)
    active = unscoped(User.objects, OF_THE_UNIT).filter(is_active=True)
    return active.filter(pk__in=here.values("user"))


def bhabin_of(unit: Unit) -> set[int]:
    """Keys of those who serve in the unit as officers."""
    here = unscoped(Posting.objects.active(), OF_THE_UNIT).filter(unit=unit, role=Role.OFFICER)
    return set(here.values_list("user", flat=True))
