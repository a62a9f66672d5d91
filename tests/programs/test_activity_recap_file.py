import zipfile
from io import BytesIO

from django.utils import timezone

from tests import factories as make


def test_a_spreadsheet_with_a_column_for_each_unit_below(client, chief, officer, neighbour, units):
    kind = make.make_activity_kind("visit", "=1+1")
    make.make_activity(units.polsek, officer, kind=kind, people_count=3)
    make.make_activity(units.polsek_neighbour, neighbour, kind=kind)
    client.force_login(chief)
    answer = client.get("/programs/activities/month/file/", {"unit": units.polres.pk})
    assert answer.headers["Content-Type"].endswith("spreadsheetml.sheet")
    month = f"{timezone.localdate():%Y-%m}"
    assert f"kegiatan-{month}.xlsx" in answer.headers["Content-Disposition"]
    with zipfile.ZipFile(BytesIO(answer.getvalue())) as book:
        words = book.read("xl/sharedStrings.xml").decode()
        cells = book.read("xl/worksheets/sheet1.xml").decode()
    for word in ("=1+1", "Polsek A", "Polsek Tetangga"):
        assert word in words
    assert "<f>" not in cells
    assert "<v>2</v>" in cells
