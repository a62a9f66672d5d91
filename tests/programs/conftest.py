import pytest

from programs.models import Sheet, SheetLine
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
