import pytest

from programs.models import Sheet, SheetLine
from territory.models import UnitArea
from tests import factories as make


@pytest.fixture
def village(units):
    return make.make_area("31.73.04.1001", "Tambora")


@pytest.fixture
def kind(db):
    return make.make_activity_kind(is_common=True)


@pytest.fixture
def activity(units, officer, village):
    return make.make_activity(
        units.polsek, officer, village=village, rw=5, rt=12, resident="Kenari Sembunyi"
    )


@pytest.fixture
def sheet(kind):
    """A form of another system with one line of each sort."""
    sheet = Sheet.objects.create(
        code="dds", name="DDS warga", system="BOS V2", refuses_same_text=True
    )
    sheet.kinds.add(kind)
    for order, (label, source, options) in enumerate(
        [
            ("Nama kepala keluarga", "resident", {"is_required": True}),
            ("RT", "rt", {}),
            ("Kecamatan", "district", {}),
            ("Bidang", "topic", {"is_required": True}),
            ("Uraian", "text", {"fewest": 50}),
            ("Suku", "by_hand", {}),
            ("Sumber", "fixed", {"words": "Kamtibmas"}),
        ]
    ):
        SheetLine.objects.create(sheet=sheet, label=label, source=source, order=order, **options)
    return sheet


@pytest.fixture
def villages(units):
    """Two of the unit's kecamatan: one with RW and people, one without."""
    one = make.make_area("31.73.04.1001", "Tambora", population=9000, population_year=2025)
    two = make.make_area("31.73.04.1002", "Krendang")
    UnitArea.objects.create(unit=units.polsek, area=one.parent)
    for number, people in ((1, 700), (2, 800)):
        code = f"{two.code}-{number:03}"
        make.make_area(code, f"RW {number:02}", population=people, population_year=2025)
    return one, two


@pytest.fixture
def other(units):
    return make.make_user("Bhabin B", units.polsek, "officer")


@pytest.fixture
def served(officer, villages):
    officer.postings.get().villages.set([villages[0]])
    return officer.postings.get()
