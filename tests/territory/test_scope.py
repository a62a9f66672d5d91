"""The condition for a unit and all below it, directly and over relations."""

import pytest

from accounts.models import Posting
from accounts.roles import Role
from patrols.models import Attendance, Duty
from territory.models import Unit, UnitKind
from territory.scope import rows_below
from tests import factories as make


@pytest.fixture
def subsektor(units):
    return make.make_unit(UnitKind.SUBSEKTOR, "Subsektor A", units.polsek)


@pytest.fixture
def all_units(units, subsektor):
    return {"mabes": units.mabes, "polda": units.polda, "polres": units.polres} | {
        "polsek": units.polsek,
        "subsektor": subsektor,
        "neighbour": units.polsek_neighbour,
        "east": units.polsek_east,
    }


FOUND = {
    None: {"mabes", "polda", "polres", "polsek", "subsektor", "neighbour", "east"},
    "mabes": {"mabes", "polda", "polres", "polsek", "subsektor", "neighbour", "east"},
    "polda": {"polda", "polres", "polsek", "subsektor", "neighbour"},
    "polres": {"polres", "polsek", "subsektor", "neighbour"},
    "polsek": {"polsek", "subsektor"},
    "subsektor": {"subsektor"},
    "neighbour": {"neighbour"},
    "east": {"east"},
}


@pytest.mark.parametrize("asked", FOUND)
def test_the_unit_and_all_below_it(all_units, asked):
    for name, unit in all_units.items():
        person = make.make_user(name, unit, Role.OFFICER)
        make.make_attendance(make.make_duty(unit), officer=person)
    unit = all_units.get(asked)

    def names(queryset, name):
        return set(queryset.values_list(name, flat=True))

    duties = Duty.objects.filter(rows_below(unit))
    assert names(duties, "attendances__officer__name") == FOUND[asked]
    rolls = Attendance.objects.filter(rows_below(unit, "duty__"))
    assert names(rolls, "officer__name") == FOUND[asked]
    rolls = Attendance.objects.filter(rows_below(unit, "duty__unit__"))
    assert names(rolls, "officer__name") == FOUND[asked]
    postings = Posting.objects.filter(rows_below(unit, "unit__"))
    assert names(postings, "user__name") == FOUND[asked]


def test_units_below_a_unit(units, subsektor):
    below = Unit.objects.filter(rows_below(units.polres)).values_list("name", flat=True)
    assert set(below) == {"Polres A", "Polsek A", "Polsek Tetangga", "Subsektor A"}
