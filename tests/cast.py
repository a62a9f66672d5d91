"""The fixed cast: the same people and units for every test.

Polda A ─ Polres A ─ Polsek A            polsek, the unit of most of the cast
       │          └ Polsek Tetangga      polsek_neighbour: sibling, sees nothing of Polsek A
       └ Polres B ─ Polsek B             polres_other
Polda Timur ─ Polres Timur ─ Polsek Timur (WIT)
"""

from types import SimpleNamespace

import pytest

from accounts.roles import Role
from territory.models import TimeZoneName, UnitKind
from tests import factories as make


@pytest.fixture
def units(db):
    mabes = make.make_unit(UnitKind.MABES, "Mabes Polri", is_fallback=True)
    polda = make.make_unit(UnitKind.POLDA, "Polda A", mabes)
    polres = make.make_unit(UnitKind.POLRES, "Polres A", polda)
    polres_other = make.make_unit(UnitKind.POLRES, "Polres B", polda)
    east = make.make_unit(UnitKind.POLDA, "Polda Timur", mabes, timezone=TimeZoneName.WIT)
    east_polres = make.make_unit(UnitKind.POLRES, "Polres Timur", east, timezone=TimeZoneName.WIT)
    return SimpleNamespace(
        mabes=mabes,
        polda=polda,
        polres=polres,
        polsek=make.make_unit(UnitKind.POLSEK, "Polsek A", polres),
        polsek_neighbour=make.make_unit(UnitKind.POLSEK, "Polsek Tetangga", polres),
        polres_other=polres_other,
        polsek_other=make.make_unit(UnitKind.POLSEK, "Polsek B", polres_other),
        polda_east=east,
        polsek_east=make.make_unit(
            UnitKind.POLSEK, "Polsek Timur", east_polres, timezone=TimeZoneName.WIT
        ),
    )


@pytest.fixture
def officer(units):
    return make.make_user(
        "Bhabin A", units.polsek, Role.OFFICER, username="bhabin.a", nrp="80010001"
    )


@pytest.fixture
def commander(units):
    return make.make_user("Kapolsek A", units.polsek, Role.COMMANDER, username="kapolsek.a")


@pytest.fixture
def keeper(units):
    """A commander with the permission to open sealed reports."""
    return make.make_user(
        "Kanit PPA A", units.polsek, Role.COMMANDER, username="kanit.ppa.a", opens_sealed=True
    )


@pytest.fixture
def operator(units):
    return make.make_user("Operator A", units.polsek, Role.OPERATOR, username="operator.a")


@pytest.fixture
def neighbour(units):
    return make.make_user(
        "Bhabin Tetangga", units.polsek_neighbour, Role.OFFICER, username="bhabin.tetangga"
    )


@pytest.fixture
def officer_east(units):
    return make.make_user("Bhabin Timur", units.polsek_east, Role.OFFICER, username="bhabin.timur")


@pytest.fixture
def chief(units):
    """Commander of the Polda, who sees all of its Polres and Polsek."""
    return make.make_user("Kapolda A", units.polda, Role.COMMANDER, username="kapolda.a")


@pytest.fixture
def admin_user(units):
    return make.make_user("Admin A", units.polsek, Role.ADMIN, username="admin.a")


@pytest.fixture
def superuser(units):
    return make.make_user("Admin Pusat", units.mabes, username="admin.pusat", is_superuser=True)


@pytest.fixture
def nobody(units):
    """An account without any posting or membership."""
    return make.make_user("Tanpa Tugas", username="tanpa.tugas")


@pytest.fixture
def group(units):
    return make.make_group(units.polsek, "Citra A")


@pytest.fixture
def volunteer(group):
    """A member of the group at Polsek A who signs in; `volunteer.membership` is the member."""
    user = make.make_user("Relawan A", username="relawan.a")
    make.make_member(group, "Relawan A", user=user)
    return user


@pytest.fixture
def duty(units, officer, volunteer):
    """Tonight's planned patrol at Polsek A: the officer leads, the volunteer is expected."""
    route = make.make_route(units.polsek, "Rute A", checkpoints=3)
    duty = make.make_duty(units.polsek, "Patroli A", route=route, leader=officer)
    make.make_attendance(duty, officer=officer)
    make.make_attendance(duty, member=volunteer.membership)
    return duty


@pytest.fixture
def running_duty(duty, officer):
    from patrols.services.duties import start_duty

    return start_duty(duty=duty, by=officer)


@pytest.fixture
def sign_in(client):
    """``sign_in(user)`` gives a client signed in as that person."""

    def signed_in(user):
        client.force_login(user)
        return client

    return signed_in
