import gzip
import json
from io import StringIO

import pytest
from django.core.management import CommandError, call_command
from django.db import IntegrityError, transaction
from django.urls import reverse
from django.utils import timezone

from territory.models import Boundary
from tests import factories as make

pytestmark = pytest.mark.django_db

SQUARE = [[106.8, -6.2], [106.9, -6.2], [106.9, -6.1], [106.8, -6.1], [106.8, -6.2]]
LARGER = [[106.7, -6.2], [106.9, -6.2], [106.9, -6.1], [106.7, -6.1], [106.7, -6.2]]


def feature(code, ring=SQUARE):
    geometry = {"type": "Polygon", "coordinates": [ring]}
    return {"type": "Feature", "id": code, "properties": {}, "geometry": geometry}


@pytest.fixture
def load(tmp_path):
    def run(*features, name="b.geojson", **options):
        content = json.dumps({"type": "FeatureCollection", "features": list(features)}).encode()
        path = tmp_path / name
        path.write_bytes(gzip.compress(content) if name.endswith(".gz") else content)
        out, err = StringIO(), StringIO()
        try:
            call_command("load_boundaries", str(path), stdout=out, stderr=err, **options)
        except CommandError as error:
            err.write(str(error))
        return out.getvalue(), err.getvalue()

    return run


@pytest.fixture
def area(units):
    return make.make_area("31.73.04")


def test_an_outline_is_loaded_once_and_changed_where_the_file_has_changed(load, area):
    assert load(feature(area.code), source="uji") == (
        "Boundaries: 1 added, 0 changed, 0 kept.\n",
        "",
    )
    before = Boundary.objects.get()
    assert (before.area, before.source, before.point_count) == (area, "uji", 4)
    assert "0 added, 0 changed, 1 kept" in load(feature(area.code), source="uji")[0]
    assert Boundary.objects.get().loaded_at == before.loaded_at
    assert "0 added, 1 changed, 0 kept" in load(feature(area.code, LARGER), source="uji")[0]
    after = Boundary.objects.get()
    assert after.pk == before.pk
    assert after.rings != before.rings


def test_each_feature_that_cannot_be_loaded_is_named_and_the_others_are(load, area):
    said, wrong = load(feature("99.99"), feature(area.code), {"id": 7}, "x", feature(area.code))
    assert "1 added" in said
    assert "Feature 1 (99.99): no area has this id as its code." in wrong
    assert "Feature 3 (7): no area" in wrong
    assert "Feature 4 (None): no area" in wrong
    assert f"Feature 5 ({area.code}): an earlier feature has the same id." in wrong
    assert wrong.endswith("4 of 5 features were not loaded.")


def test_swapped_degrees_are_recognised(load, area):
    swapped = feature(area.code, [[lat, lon] for lon, lat in SQUARE])
    assert "has latitude and longitude swapped" in load(swapped)[1]
    assert not Boundary.objects.exists()


def test_a_compressed_file_is_read(load, area):
    assert "1 added" in load(feature(area.code), name="b.geojson.gz")[0]


@pytest.mark.parametrize("content", ["", "[]", "{}", '{"features": 1}', "\x00", "[" * 100_000])
def test_a_file_that_is_no_geojson_says_so(tmp_path, content):
    path = tmp_path / "b.geojson"
    path.write_text(content)
    with pytest.raises(CommandError, match=r"cannot be read|no FeatureCollection"):
        call_command("load_boundaries", str(path))


def test_a_broken_compressed_file_says_so(tmp_path):
    path = tmp_path / "b.geojson.gz"
    whole = gzip.compress(b'{"features": []}' * 200)
    path.write_bytes(whole[:12] + b"\xff" * 20 + whole[32:])
    with pytest.raises(CommandError, match="cannot be read"):
        call_command("load_boundaries", str(path))


def test_an_outline_that_is_a_line_is_named_and_the_others_are_loaded(load, area):
    line = [[106.8, -6.2], [106.9, -6.2], [106.85, -6.2], [106.8, -6.2]]
    said, wrong = load(feature(area.parent.code, line), feature(area.code))
    assert "1 added" in said
    assert "without a surface" in wrong


def test_a_missing_file_says_so(tmp_path):
    with pytest.raises(CommandError, match="cannot be read"):
        call_command("load_boundaries", str(tmp_path / "no.geojson"))


def test_a_long_source_is_refused(load, area):
    assert "longer than 200" in load(feature(area.code), source="x" * 201)[1]


def test_the_database_refuses_an_empty_outline(area):
    with pytest.raises(IntegrityError), transaction.atomic():
        Boundary.objects.create(area=area, rings=[], loaded_at=timezone.now())


def test_administrators_read_outlines_and_nobody_writes_them(client, load, area, admin_user):
    load(feature(area.code), source="Badan <uji>")
    client.force_login(admin_user)
    boundary = Boundary.objects.get()
    listed = client.get(reverse("admin:territory_boundary_changelist")).content.decode()
    assert area.code in listed
    page = client.get(
        reverse("admin:territory_boundary_change", args=[boundary.pk])
    ).content.decode()
    assert "Badan &lt;uji&gt;" in page
    assert 'name="_save"' not in page
    assert client.get(reverse("admin:territory_boundary_add")).status_code == 403
