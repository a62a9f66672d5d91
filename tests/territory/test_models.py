from zoneinfo import ZoneInfo

import pytest
from django.apps import apps
from django.core.exceptions import PermissionDenied, ValidationError
from django.db import DatabaseError, IntegrityError, connection, transaction
from django.db.models import ProtectedError

from accounts.models import AccessEvent, AccessKind
from accounts.roles import Role
from patrols.models import Duty, LateNote
from programs.models import Activity, Forum, Instruction, InstructionReceipt, ResidentIssue
from reports.models import ContactAccess, Handover
from territory.models import Area, AreaLevel, Unit, UnitArea, UnitKind, UnitScoped
from territory.services.moves import move_unit
from tests import factories as make

SCOPE_COLUMNS = ["polda", "polres", "polsek"]
# Rows that tell which unit it was.
KEEPS_UNIT = (
    *(AccessEvent, Activity, ContactAccess, Forum, Handover, Instruction),
    *(InstructionReceipt, LateNote, ResidentIssue),
)


def scope_columns(row):
    row.refresh_from_db()
    return tuple(getattr(row, f"{name}_id") for name in SCOPE_COLUMNS)


@pytest.fixture
def subsektor(units):
    return make.make_unit(UnitKind.SUBSEKTOR, "Subsektor A", units.polsek)


def scoped_models():
    return [model for model in apps.get_models() if issubclass(model, UnitScoped)]


def one_of_each(unit):
    """A row of every model that carries the scope columns."""
    user = make.make_user(unit=unit, role=Role.OFFICER)
    mabes = Unit.objects.filter(kind=UnitKind.MABES).earliest("pk")
    route = make.make_route(unit)
    schedule = make.make_schedule(unit)
    duty = make.make_duty(unit)
    duty.state, duty.started_at = "running", duty.starts_at
    duty.save()
    make.make_attendance(duty, officer=user)
    report = make.make_report(unit)
    rows = [
        report,
        Handover.objects.create(report=report, unit=unit, to_unit=mabes, at=report.reported_at),
        ContactAccess.objects.create(report=report, unit=unit, by=user, reason="Menelepon"),
        AccessEvent.objects.create(person=user, by=user, unit=unit, kind=AccessKind.LINK_MADE),
        make.make_hotspot(unit),
        make.make_group(unit),
        route,
        make.make_post(unit),
        schedule,
        duty,
        make.make_entry(duty, user),
        make.make_late_note(duty, user),
        make.make_handover(make.make_post_night(unit, user, expected=False), user),
        make.make_proposal(unit),
        make.make_activity(unit, make.make_user("Bhabin", unit, "officer")),
        make.make_issue(unit, user),
        make.make_forum(unit, user),
        instruction := make.make_instruction(
            unit, make.make_user("Kepala", unit, "commander"), people=[user]
        ),
        instruction.receipts.get(),
    ]
    assert {type(row) for row in rows} == set(scoped_models()), "a scoped model is missing here"
    return rows


# The unit tree


def test_every_unit_carries_itself_and_those_above(units, subsektor):
    polda, polres, polsek = units.polda.pk, units.polres.pk, units.polsek.pk
    assert scope_columns(units.mabes) == (None, None, None)
    assert scope_columns(units.polda) == (polda, None, None)
    assert scope_columns(units.polres) == (polda, polres, None)
    assert scope_columns(units.polsek) == (polda, polres, polsek)
    assert scope_columns(subsektor) == (polda, polres, polsek)


def test_a_polsek_right_below_a_polda(units):
    unit = make.make_unit(UnitKind.POLSEK, parent=units.polda)
    assert scope_columns(unit) == (units.polda.pk, None, unit.pk)


def test_written_columns_do_not_stay(units):
    Unit.objects.filter(pk=units.polsek.pk).update(polda=units.polda_east, polsek=None)
    assert scope_columns(units.polsek) == (units.polda.pk, units.polres.pk, units.polsek.pk)


def test_moving_a_unit_takes_four_levels_along(units, subsektor, superuser):
    polda = units.polda
    other = make.make_unit(UnitKind.MABES, "Mabes lain")
    make.make_post(subsektor)
    assert move_unit(unit=polda, parent=other, by=superuser) == 1
    assert scope_columns(subsektor) == (polda.pk, units.polres.pk, units.polsek.pk)
    move_unit(unit=units.polres, parent=units.polda_east, by=superuser)
    for unit in (units.polres, units.polsek, units.polsek_neighbour, subsektor):
        assert scope_columns(unit)[0] == units.polda_east.pk
    assert scope_columns(units.polres_other)[0] == polda.pk


def test_moving_takes_the_rows_of_every_scoped_model_along(units, subsektor, superuser):
    moved = one_of_each(units.polsek) + one_of_each(subsektor)
    stays = one_of_each(units.polsek_other)
    below = sum(model.objects.filter(polres=units.polres).count() for model in scoped_models())
    count = move_unit(unit=units.polres, parent=units.polda_east, by=superuser)
    assert count == below >= len(moved)
    for row in moved:
        assert scope_columns(row) == (units.polda_east.pk, units.polres.pk, units.polsek.pk), row
    for row in stays:
        assert scope_columns(row) == (units.polda.pk, units.polres_other.pk, units.polsek_other.pk)


def test_a_subsektor_moved_takes_its_rows_to_the_other_polsek(units, subsektor, superuser):
    rows = one_of_each(subsektor)
    move_unit(unit=subsektor, parent=units.polsek_other, by=superuser)
    for row in rows:
        assert scope_columns(row) == (units.polda.pk, units.polres_other.pk, units.polsek_other.pk)


def test_rows_take_their_columns_from_their_unit(units):
    for row in one_of_each(units.polsek):
        assert scope_columns(row) == (units.polda.pk, units.polres.pk, units.polsek.pk)
        if isinstance(row, KEEPS_UNIT):
            with pytest.raises(DatabaseError, match="Cannot update"), transaction.atomic():
                type(row).objects.filter(pk=row.pk).update(unit=units.polsek_east)
            continue
        type(row).objects.filter(pk=row.pk).update(unit=units.polsek_east)
        assert scope_columns(row) == scope_columns(units.polsek_east), row
        # by raw SQL as well
        with connection.cursor() as cursor:
            cursor.execute(
                f"UPDATE {row._meta.db_table} SET unit_id = %s WHERE id = %s",
                [units.polres.pk, row.pk],
            )
        assert scope_columns(row) == (units.polda.pk, units.polres.pk, None), row


@pytest.mark.parametrize("parent", UnitKind.values)
@pytest.mark.parametrize("kind", UnitKind.values[1:])
def test_a_unit_reports_to_a_higher_kind(units, subsektor, kind, parent):
    levels = UnitKind.values
    above = {
        "mabes": units.mabes,
        "polda": units.polda,
        "polres": units.polres,
        "polsek": units.polsek,
        "subsektor": subsektor,
    }[parent]
    allowed = levels.index(parent) < levels.index(kind)
    if kind == UnitKind.SUBSEKTOR:
        allowed = parent == UnitKind.POLSEK
    unit = Unit(code="baru", kind=kind, name="Baru", parent=above)
    if allowed:
        unit.full_clean(exclude=SCOPE_COLUMNS)
        unit.save()
        return
    with pytest.raises(ValidationError) as caught:
        unit.full_clean(exclude=SCOPE_COLUMNS)
    assert "parent" in caught.value.message_dict
    with pytest.raises(IntegrityError), transaction.atomic():
        unit.save()


def test_a_unit_is_moved_by_who_administers_both_places(units, admin_user, nobody):
    for person, parent in ((admin_user, units.polda_east), (nobody, units.polda)):
        with pytest.raises(PermissionDenied):
            move_unit(unit=units.polsek, parent=parent, by=person)
    units.polsek.refresh_from_db()
    assert units.polsek.parent == units.polres


def test_cycles_are_impossible(units, subsektor, superuser):
    for parent in (units.polres, units.polsek, subsektor):
        with pytest.raises(ValidationError):
            move_unit(unit=units.polres, parent=parent, by=superuser)
        with pytest.raises(IntegrityError), transaction.atomic():
            Unit.objects.filter(pk=units.polres.pk).update(parent=parent)
    assert scope_columns(subsektor) == (units.polda.pk, units.polres.pk, units.polsek.pk)


def test_a_kind_that_does_not_fit_those_below_is_refused(units, subsektor):
    units.polsek.kind = UnitKind.SUBSEKTOR
    units.polsek.parent = units.polsek_neighbour
    with pytest.raises(ValidationError) as caught:
        units.polsek.full_clean()
    assert "kind" in caught.value.message_dict
    with pytest.raises(IntegrityError), transaction.atomic():
        units.polsek.save()


def test_only_mabes_stands_alone(units, superuser):
    for fields in ({"kind": UnitKind.POLDA, "parent": None},):
        with pytest.raises(ValidationError):
            Unit(code="x", name="X", **fields).full_clean()
        with pytest.raises(IntegrityError), transaction.atomic():
            Unit.objects.create(code="x", name="X", **fields)
    with pytest.raises(ValidationError):
        move_unit(unit=units.polda, parent=None, by=superuser)


def test_an_unknown_kind_is_a_plain_error(units):
    with pytest.raises(ValidationError) as caught:
        Unit(code="x", name="X", kind="sektor", parent=units.mabes).full_clean()
    assert "kind" in caught.value.message_dict


def test_one_fallback(units):
    second = Unit(code="x", name="X", kind=UnitKind.POLDA, parent=units.mabes, is_fallback=True)
    with pytest.raises(ValidationError):
        second.full_clean()
    with pytest.raises(IntegrityError), transaction.atomic():
        second.save()
    for name in ("x", "y"):  # many units may be no fallback
        make.make_unit(UnitKind.POLDA, name)


def test_a_unit_with_others_below_is_not_deleted(units):
    with pytest.raises(ProtectedError):
        units.polda.delete()


def test_lineage_ids_go_from_near_to_far(units, subsektor):
    assert subsektor.lineage_ids() == [
        subsektor.pk,
        units.polsek.pk,
        units.polres.pk,
        units.polda.pk,
    ]
    assert units.polsek.lineage_ids() == [units.polsek.pk, units.polres.pk, units.polda.pk]


def test_zones(units):
    assert (units.polsek.zone, units.polsek.zone_label) == (ZoneInfo("Asia/Jakarta"), "WIB")
    assert (units.polsek_east.zone_label, str(units.polsek_east)) == ("WIT", "Polsek Timur")


# Areas


LINEAGE = [
    "31.73.04.1003-005-012",
    "31.73.04.1003-005",
    "31.73.04.1003",
    "31.73.04",
    "31.73",
    "31",
]


@pytest.mark.parametrize("depth", range(6))
def test_lineage_of_an_area(depth):
    assert Area(code=LINEAGE[depth]).lineage() == LINEAGE[depth:]


@pytest.mark.parametrize("code", LINEAGE)
def test_codes_that_are_right(db, code):
    make.make_area(code).full_clean()


@pytest.mark.parametrize(
    "code",
    ["", "3", "31.7", "31-73", "xx31yy", "31.73.04.100", "31.73.04.1003-5", "31.73\n", " 31"],
)
def test_codes_that_are_not(code):
    with pytest.raises(ValidationError) as caught:
        Area(code=code, name="X", level=AreaLevel.PROVINCE).full_clean(
            validate_unique=False, validate_constraints=False
        )
    assert "code" in caught.value.message_dict


@pytest.mark.parametrize(
    "fields",
    [
        {"lat": 1.0},
        {"lat": 91.0, "lon": 0.0},
        {"lat": 0.0, "lon": -181.0},
        {"lat": float("nan"), "lon": 0.0},
        {"population": 5},
        {"population_year": 2019},
        {"level": AreaLevel.REGENCY},
    ],
)
def test_areas_that_cannot_be(db, fields):
    area = Area(**{"code": "31", "name": "X", "level": AreaLevel.PROVINCE, **fields})
    with pytest.raises(ValidationError):
        area.full_clean()
    with pytest.raises(IntegrityError), transaction.atomic():
        area.save()


def test_the_unit_of_a_place_is_that_of_its_nearest_area_with_one(units):
    rt = make.make_area("31.73.04.1003-005-012")
    rw, village, district = (Area.objects.get(code=code) for code in LINEAGE[1:4])
    outside = make.make_area("16.06.01.2001")
    UnitArea.objects.create(area=district, unit=units.polsek)
    assert [Unit.objects.of_area(a) for a in (rt, rw, village, district)] == [units.polsek] * 4
    UnitArea.objects.create(area=village, unit=units.polsek_neighbour)
    UnitArea.objects.create(area=rt, unit=units.polsek_other)
    assert Unit.objects.of_area(rt) == units.polsek_other
    assert Unit.objects.of_area(rw) == units.polsek_neighbour
    assert Unit.objects.of_area(village) == units.polsek_neighbour
    assert Unit.objects.of_area(district) == units.polsek
    # above it, and where nobody is: the fallback
    assert Unit.objects.of_area(Area.objects.get(code="31.73")) == units.mabes
    assert Unit.objects.of_area(outside) == units.mabes


def test_without_a_fallback_a_place_may_have_no_unit(db):
    assert Unit.objects.of_area(make.make_area("16.06")) is None


def test_codes_that_only_look_alike_are_not_ancestors(units):
    UnitArea.objects.create(area=make.make_area("31.73.04"), unit=units.polsek)
    assert Unit.objects.of_area(make.make_area("31.73.05.1001")) == units.mabes
    assert Unit.objects.of_area(make.make_area("31.74.04")) == units.mabes


def test_an_area_belongs_to_one_unit(units):
    area = make.make_area("31.73.04")
    UnitArea.objects.create(area=area, unit=units.polsek)
    with pytest.raises(IntegrityError), transaction.atomic():
        UnitArea.objects.create(area=area, unit=units.polsek_other)


def test_of_area_costs_two_statements(units, django_assert_max_num_queries):
    area = make.make_area("31.73.04.1003-005-012")
    with django_assert_max_num_queries(2):
        Unit.objects.of_area(area)


def test_areas_are_public(units, nobody, volunteer):
    make.make_area("31.73.04.1003")
    for user in (nobody, volunteer):
        assert Area.objects.visible_to(user).count() == 4
    assert Area.objects.villages().count() == 1


def test_names_are_what_is_printed(units):
    area = make.make_area("31.73.04", "Tambora")
    assert str(area) == "Tambora"
    assert str(UnitArea(area=area, unit=units.polsek)) == "Tambora – Polsek A"
    assert str(Duty(name="Patroli")) == "Patroli"


@pytest.mark.parametrize(
    ("kind", "name", "head"),
    [
        (UnitKind.POLSEK, "Polsek Metro Menteng", "Kapolsek Metro Menteng"),
        (UnitKind.POLRES, "Polresta Jambi", "Kapolresta Jambi"),
        (UnitKind.POLDA, "Polda Metro Jaya", "Kapolda Metro Jaya"),
        (UnitKind.MABES, "Mabes Polri", "Kapolri"),
        (UnitKind.POLRES, "Satuan Khusus", ""),
        (UnitKind.POLSEK, "", ""),
    ],
)
def test_who_heads_a_unit(kind, name, head):
    assert Unit(kind=kind, name=name).head == head


@pytest.mark.parametrize(
    ("name", "place"),
    [
        ("Polsek Tambora", "Tambora"),
        ("Polsek Metro Menteng", "Menteng"),
        ("Polres Metro Jakarta Barat", "Jakarta Barat"),
        ("Polresta Jambi", "Jambi"),
        ("Polsek Kota Baru", "Kota Baru"),
        ("Polsek", "Polsek"),
    ],
)
def test_papers_are_signed_at_the_place_of_the_unit(name, place):
    assert Unit(kind=UnitKind.POLSEK, name=name).place == place


def test_the_letterhead_reads_nothing_more_where_the_units_above_are_loaded(
    units, django_assert_num_queries
):
    for unit in (units.polsek, units.polres, units.polda, units.mabes):
        plain = unit.letterhead
        loaded = Unit.objects.with_lineage().get(pk=unit.pk)
        with django_assert_num_queries(0):
            assert loaded.letterhead == plain
    assert Unit.objects.get(pk=units.polsek.pk).letterhead == ["Polda A", "Polres A", "Polsek A"]
