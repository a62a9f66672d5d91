import pytest

from reports.models import Report
from reports.selectors.areas import (
    MOST_MATCHES,
    NEAR,
    area_label,
    match_areas,
    named_area,
    nearest_area,
    nearest_of,
    sole_match,
)
from reports.selectors.routing import responsible, unit_above, zone_at
from territory.models import Area, UnitArea, UnitKind
from tests import factories as make
from toolkit.geo.points import cell_of


@pytest.fixture
def areas(db):
    """Two villages called Menteng, far apart, with the districts and regencies around them."""
    make.make_area("31", "DKI Jakarta")
    make.make_area("31.71", "Jakarta Pusat")
    make.make_area("31.71.06", "Menteng", lat=-6.196, lon=106.836)
    jakarta = make.make_area("31.71.06.1001", "Menteng", lat=-6.195, lon=106.835)
    make.make_area("31.71.06.1002", "Menteng Atas", lat=-6.21, lon=106.84)
    make.make_area("32.71", "Kota Bogor")
    make.make_area("32.71.01", "Bogor Barat")
    bogor = make.make_area("32.71.01.1001", "Menteng", lat=-6.586, lon=106.78)
    make.make_area("31.71.06.1001-005", "Menteng RW 005", lat=-6.195, lon=106.835)
    return {"jakarta": jakarta, "bogor": bogor, "district": Area.objects.get(code="31.71.06")}


def with_parents(area):
    return Area.objects.select_related("parent__parent__parent").get(pk=area.pk)


# From words


def test_the_label_tells_namesakes_apart(areas):
    assert area_label(with_parents(areas["jakarta"])) == "Menteng, Menteng, Jakarta Pusat"
    assert area_label(with_parents(areas["bogor"])) == "Menteng, Bogor Barat, Kota Bogor"


@pytest.mark.parametrize(
    ("text", "codes"),
    [
        ("Menteng", ["31.71.06.1001", "32.71.01.1001", "31.71.06", "31.71.06.1002"]),
        ("menteng at", ["31.71.06.1002"]),
        ("Atas", ["31.71.06.1002"]),
        ("menteng, jakarta", ["31.71.06.1001", "31.71.06", "31.71.06.1002"]),
        ("Menteng, kota bogor", ["32.71.01.1001"]),
        ("Kec. Menteng, Kel. Menteng Atas", ["31.71.06.1002"]),
        ("Jakarta Pusat, Menteng Atas", ["31.71.06.1002"]),
        ("Menteng Atas, DKI Jakarta", ["31.71.06.1002"]),
        ("Menteng Atas, Menteng, Kota Jakarta Pusat 10310", ["31.71.06.1002"]),
        ("Menteng Atas/Menteng", ["31.71.06.1002"]),
        ("Menteng Atas Menteng Jakarta Pusat", ["31.71.06.1002"]),
        ("menteng atas, jakpus", ["31.71.06.1002"]),
        ("Atas Menteng RT03RW05", ["31.71.06.1002"]),
        ("Menteng Atas, Bogor", []),
        ("Atas, Gjakarta", []),  # a word is not found across two names
        ("Menteng,,", ["31.71.06.1001", "32.71.01.1001", "31.71.06", "31.71.06.1002"]),
        ("Menteng, Surabaya", []),
        ("DKI Jakarta", []),  # no report is sent to a province
        ("RW 005", []),
        ("M", []),
        ("", []),
        (",", []),
        ("%", []),
        ("Men_eng", []),
        ("Men%eng", []),
    ],
)
def test_areas_by_a_part_of_their_name(areas, text, codes):
    assert [area.code for area in match_areas(text)] == codes


def test_no_more_than_a_person_reads(areas):
    for number in range(30):
        make.make_area(f"33.01.01.{2001 + number}", f"Sukamaju {number}")
    assert len(match_areas("Sukamaju")) == MOST_MATCHES
    assert len(match_areas("Sukamaju, Wilayah")) == MOST_MATCHES


def test_the_names_of_matches_are_read_with_them(areas, django_assert_num_queries):
    for text in ("Menteng", "Menteng, Jakarta"):
        with django_assert_num_queries(1):
            assert all(area_label(area) for area in match_areas(text))


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("Menteng", None),  # three of that name
        ("Menteng Atas", "31.71.06.1002"),
        (" menteng atas ", "31.71.06.1002"),
        ("Atas", "31.71.06.1002"),
        ("Menteng, Menteng, Jakarta Pusat", "31.71.06.1001"),
        ("Menteng, jakarta", None),
        ("Kebon Sirih", None),
    ],
)
def test_the_one_that_is_meant(areas, text, code):
    found = sole_match(text, match_areas(text))
    assert (found and found.code) == code


# From a position


def test_the_nearest_centre(areas):
    assert nearest_area(-6.1951, 106.8351) == areas["jakarta"]
    assert nearest_area(-6.1961, 106.8361) == areas["district"]
    assert nearest_area(-6.58, 106.78) == areas["bogor"]


def test_a_village_before_the_district_of_the_same_centre(areas):
    Area.objects.filter(pk=areas["district"].pk).update(lat=-6.195, lon=106.835)
    assert nearest_area(-6.195, 106.835) == areas["jakarta"]


@pytest.mark.parametrize(
    ("lat", "lon"),
    [(0.0, 0.0), (-6.195 + NEAR + 0.01, 106.835), (-6.195, 106.835 + NEAR + 0.01), (90.0, 180.0)],
)
def test_far_from_every_centre_is_nowhere(areas, lat, lon):
    assert nearest_area(lat, lon) is None


def test_which_of_several_is_near(areas):
    both = [areas["jakarta"], areas["bogor"]]
    assert nearest_of(both, -6.5, 106.8) == areas["bogor"]
    assert nearest_of(both, -6.25, 106.8) == areas["jakarta"]
    assert nearest_of(both, -8.0, 110.0) is None
    assert nearest_of(both, None, 106.8) is None
    assert nearest_of([], -6.5, 106.8) is None
    assert nearest_of([Area(name="Tanpa titik")], -6.5, 106.8) is None


@pytest.mark.parametrize(
    ("lat", "lon"), [(-6.2, 106.8), (90, 0), (-90, 180), (0, -180), (-2.5, 140.7), (0, 0)]
)
def test_a_cell_is_a_signed_number_of_64_bits(units, lat, lon):
    cell = cell_of(lat, lon)
    assert 0 < cell < 2**63
    assert (cell >> 52) & 15 == 10  # the resolution, as H3 writes it
    report = make.make_report(units.polsek, lat=lat, lon=lon)
    assert Report.objects.get(pk=report.pk).h3_cell == cell


def test_neighbours_share_a_cell_and_others_do_not():
    assert cell_of(-6.2, 106.8) == cell_of(-6.20001, 106.80001) != cell_of(-6.21, 106.8)


# From the place to the unit


def test_the_time_zone_of_a_place(units, areas):
    UnitArea.objects.create(area=areas["jakarta"], unit=units.polsek_east)
    assert str(zone_at(areas["jakarta"])) == "Asia/Jayapura"
    assert str(zone_at(areas["bogor"])) == "Asia/Jakarta"


def test_the_unit_of_a_kind_above_a_place(units, areas):
    UnitArea.objects.create(area=areas["jakarta"], unit=units.polsek)
    assert unit_above(areas["jakarta"], UnitKind.POLRES) == units.polres
    assert unit_above(areas["jakarta"], UnitKind.POLSEK) == units.polsek
    assert unit_above(areas["jakarta"], UnitKind.SUBSEKTOR) is None
    assert unit_above(None, UnitKind.POLRES) is None
    assert unit_above(areas["bogor"], UnitKind.MABES) == units.mabes  # the fallback


@pytest.fixture
def categories(db):
    return {
        "order": make.make_category("noise_dispute"),
        "crime": make.make_category("burglary", crime_class="conventional"),
        "police": make.make_category("misconduct", is_sealed=True, is_about_police=True),
    }


def test_crime_goes_to_who_investigates(units, categories):
    subsektor = make.make_unit(UnitKind.SUBSEKTOR, "Subsektor A", units.polsek, investigates=False)
    assert responsible(categories["crime"], units.polsek) == (units.polsek, None)
    assert responsible(categories["crime"], subsektor) == (units.polsek, None)
    units.polsek.investigates = False
    units.polsek.save()
    for home in (units.polsek, subsektor):
        home.refresh_from_db()
        assert responsible(categories["crime"], home) == (units.polres, None)
        assert responsible(categories["order"], home) == (home, None)
    units.polres.investigates = False
    units.polres.save()
    units.polsek.refresh_from_db()
    assert responsible(categories["crime"], units.polsek) == (units.polda, None)


def test_where_nobody_investigates_the_highest_takes_it(units, categories):
    type(units.polsek).objects.update(investigates=False)
    units.polsek.refresh_from_db()
    assert responsible(categories["crime"], units.polsek) == (units.mabes, None)


def test_no_unit_at_all(categories):
    assert responsible(categories["crime"], None) == (None, None)
    assert responsible(categories["police"], None) == (None, None)


@pytest.mark.parametrize(
    ("about", "takes"),
    [("polsek", "polres"), ("polres", "polda"), ("polda", "mabes")],
)
def test_about_a_named_unit_goes_to_the_one_above(units, categories, about, takes):
    accused, above = getattr(units, about), getattr(units, takes)
    # Wherever it happened.
    for home in (accused, units.polsek, units.polsek_east, None):
        assert responsible(categories["police"], home, accused) == (above, accused)


@pytest.mark.parametrize(
    ("home", "about", "takes"),
    [
        ("polsek", "polres", "polda"),
        ("subsektor", "polres", "polda"),
        ("polres", "polres", "polda"),
        ("polsek_of_polda", "polsek_of_polda", "polda"),  # without a Polres between
        ("polda", "polda", "mabes"),
    ],
)
def test_about_nobody_knows_whom_is_about_the_polres(units, categories, home, about, takes):
    units.subsektor = make.make_unit(UnitKind.SUBSEKTOR, "Subsektor A", units.polsek)
    units.polsek_of_polda = make.make_unit(UnitKind.POLSEK, parent=units.polda)
    accused, above = getattr(units, about), getattr(units, takes)
    assert responsible(categories["police"], getattr(units, home)) == (above, accused)


def test_about_a_subsektor_is_about_its_polsek(units, categories):
    subsektor = make.make_unit(UnitKind.SUBSEKTOR, "Subsektor A", units.polsek)
    for home in (subsektor, units.polsek, units.polsek_east):
        assert responsible(categories["police"], home, subsektor) == (units.polres, units.polsek)


def test_above_mabes_is_nobody(units, categories):
    assert responsible(categories["police"], units.mabes) == (units.mabes, None)
    assert responsible(categories["police"], units.polsek, units.mabes) == (units.polsek, None)


def test_a_named_unit_says_nothing_where_it_is_not_about_police(units, categories):
    assert responsible(categories["order"], units.polsek, units.polres_other) == (
        units.polsek,
        None,
    )


@pytest.mark.parametrize(
    "text", ["kel. duri utara kec tambora", "Desa Duri Utara", "duri utara tambora", "DURI UTARA"]
)
def test_a_village_as_people_write_it(db, text):
    make.make_area("31.73.04", "Tambora")
    village = make.make_area("31.73.04.1003", "Duri Utara")
    make.make_area("31.73.05.1001", "Duri Kosambi")
    assert match_areas(text) == [village]
    assert sole_match(text, match_areas(text)) == village


def test_a_district_is_named_as_one(db):
    make.make_area("31.73.04", "Tambora")
    make.make_area("31.73.04.1001", "Tambora")
    assert [area_label(area).partition(",")[0] for area in match_areas("tambora")] == [
        "Tambora",
        "Kec. Tambora",
    ]


@pytest.fixture
def jembatan_lima(db):
    make.make_area("31.73", "Jakarta Barat")
    make.make_area("31.73.04", "Tambora")
    return make.make_area("31.73.04.1008", "Jembatan Lima")


@pytest.mark.parametrize(
    "typed",
    [
        "Jembatan Lima.",
        "jembatan  lima",
        "Jembatan-Lima",
        "Kel. Jembatan Lima RT 05/RW 03",
        "RW 03 Jembatan Lima",
        "“Jembatan Lima”",
        "Jembatan\u00a0Lima,",
        "Jembatan Lima, Tambora.",
    ],
)
def test_punctuation_does_not_hide_a_village(jembatan_lima, typed):
    found = match_areas(typed)
    assert named_area(typed) == jembatan_lima or sole_match(typed, found) == jembatan_lima


def test_a_curly_apostrophe_finds_a_straight_one(db):
    make.make_area("32.73", "Kota Bandung")
    make.make_area("32.73.01", "Sukasari")
    village = make.make_area("32.73.01.1001", "Ma'rang")
    assert sole_match("Ma’rang", match_areas("Ma’rang")) == village


def test_places_of_the_own_unit_stand_first(units):
    """Among more of the name than are offered."""
    for number in range(20):
        make.make_area(f"11.{number:02}.01.1001", "Sukajadi")
    own = make.make_area("31.73.04.1001", "Sukajadi Baru")
    UnitArea.objects.create(area=own.parent, unit=units.polsek)
    assert own not in match_areas("sukajadi")
    assert match_areas("sukajadi", units.polsek)[0] == own
    assert match_areas("sukajadi", units.polres)[0] == own
    assert len(match_areas("sukajadi", units.polsek)) == 12
    assert match_areas("sukajadi", units.mabes) == match_areas("sukajadi")
    assert match_areas("sukajadi", units.polsek_other) == match_areas("sukajadi")


def test_an_exact_name_elsewhere_has_a_place_behind_parts_of_names_near(units):
    for number in range(20):
        own = make.make_area(f"31.73.04.10{number:02}", f"Duri {number}")
    UnitArea.objects.create(area=own.parent, unit=units.polsek)
    far = make.make_area("14.08.01.1001", "Duri")
    found = match_areas("duri", units.polsek)
    assert len(found) == 12
    assert [area.name for area in found[:2]] == ["Duri 0", "Duri 1"]
    assert found[-1] == far
