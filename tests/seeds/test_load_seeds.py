"""seeds/*.csv and the command that reads them."""

import re
from datetime import time
from io import StringIO

import pytest
from django.core.management import CommandError, call_command
from django.db import transaction
from lucide.templatetags.lucide import lucide

from partners.models import GroupKind, PartnerGroup
from patrols.models import Checkpoint, GuardPost, Schedule
from reports.models import Category, Hotspot
from territory.models import Area, AreaLevel, Unit, UnitArea, UnitKind

SMALL = {
    "areas.csv": "code,level,name,alt_name,population,population_year,lat,lon\n"
    "31,province,DKI Jakarta,,,,,\n"
    "31.73,regency,Kota Jakarta Barat,,,,,\n"
    "31.73.04,district,Tambora,,250000,2019,-6.1,106.8\n",
    "units.csv": "code,kind,name,parent,area,timezone,phone,lat,lon,investigates,fallback\n"
    "mabes,mabes,Mabes,,,Asia/Jakarta,,,,yes,yes\n"
    "polsek,polsek,Polsek,polres,31.73.04,Asia/Jakarta,,,,no,no\n"
    "polda,polda,Polda,mabes,31,Asia/Jakarta,,,,yes,no\n"
    "polres,polres,Polres,polda,31.73,Asia/Jakarta,,,,yes,no\n",
    "unit_areas.csv": "unit,area\npolda,31\npolsek,31.73.04\n",
    "group_kinds.csv": "code,label,needs_confirmation,order\nfkpm,FKPM,no,10\n",
    "groups.csv": "unit,name,kind,area,note\npolsek,FKPM Tambora,fkpm,31.73.04,\n",
    "categories.csv": "code,label,group,crime_class,synonyms,is_sealed,is_about_police,"
    "allows_mediation,target_minutes,handler,hotline,hotline_name,hint,icon,order\n"
    "brawl,Tawuran,crime,conventional,tawur|sajam,no,no,yes,10,,,,,swords,10\n",
    "hotspots.csv": "unit,name,area,lat,lon,radius_m,risky_from,risky_until,categories,advice,"
    "source\npolsek,Jembatan,31.73.04,,,200,22:00,03:00,brawl,,Koran\n",
    "routes.csv": "unit,name,note\npolsek,Rute,\n",
    "checkpoints.csv": "unit,route,order,name,lat,lon,radius_m,dwell_minutes\n"
    "polsek,Rute,1,Jembatan,,,120,\n",
    "guard_posts.csv": "unit,name,area,address,lat,lon\npolsek,Pos,31.73.04,,,\n",
    "public_holidays.csv": "day,name\n2026-12-25,Natal\n",
    "schedules.csv": "unit,name,kind,weekdays,apel,start,end,after_midnight,route,post,groups\n"
    "polsek,Malam,joint,0|5,22:00,22:15,01:00,no,Rute,,FKPM Tambora\n",
    "activity_kinds.csv": "code,label,counted_as,is_common,has_outcome\nvisit,Sambang,,yes,no\n",
    "sheets.csv": "code,name,system,kinds,refuses_same_text,note\ndds,DDS,BOS V2,visit,yes,\n",
    "sheet_lines.csv": "sheet,order,panel,label,source,words,is_required,fewest\n"
    "dds,10,,Uraian,text,,yes,50\n",
}


@pytest.fixture
def folder(tmp_path):
    for name, text in SMALL.items():
        (tmp_path / name).write_text(text, encoding="utf-8")
    return tmp_path


def load(folder=None, **options):
    if folder is not None:
        options["folder"] = folder
    out = StringIO()
    call_command("load_seeds", stdout=out, **options)
    return out.getvalue()


@pytest.fixture(scope="class")
def seeds(django_db_setup, django_db_blocker):
    """The files of the repository, loaded once for the class."""
    with django_db_blocker.unblock(), transaction.atomic():
        yield load()
        transaction.set_rollback(True)


class TestTheFiles:
    @pytest.fixture(autouse=True)
    def _loaded(self, seeds):
        self.output = seeds

    def test_the_whole_country_down_to_the_kecamatan(self):
        count = {level: Area.objects.filter(level=level).count() for level in AreaLevel.values}
        assert count["province"] == 38
        assert count["regency"] == 514
        assert count["district"] == 7285
        assert count["rw"] == count["rt"] == 0
        assert "areas: 7896 added, 0 changed, 0 kept" in self.output

    def test_every_area_hangs_where_its_code_says(self):
        for code, parent in Area.objects.values_list("code", "parent__code"):
            assert parent == (code.rpartition(".")[0] or None)

    @pytest.mark.parametrize(
        ("code", "name", "villages"),
        [
            ("15.71.04", "Pasar Jambi", 4),
            ("15.71.05", "Pelayangan", 6),
            ("15.71.06", "Danau Teluk", 5),
            ("16.02.03", "Pedamaran", 14),
            ("16.06.01", "Sekayu", 14),
            ("31.71.06", "Menteng", 5),
            ("31.73.04", "Tambora", 11),
        ],
    )
    def test_the_seeded_places_have_their_villages(self, code, name, villages):
        area = Area.objects.get(code=code)
        assert area.name == name
        assert area.children.villages().count() == villages
        assert all(village.lat for village in area.children.all())

    def test_only_the_populations_the_articles_give(self):
        known = Area.objects.exclude(population=None).values_list(
            "code", "population", "population_year"
        )
        assert set(known) == {("15.71", 732_479, 2017), ("31.73.04", 250_000, 2019)}

    def test_no_name_carries_its_variant_in_brackets(self):
        names = Area.objects.values_list("name", flat=True)
        assert not [name for name in names if re.search(r"[()\[\]/]", name)]
        assert Area.objects.get(code="11.05.01").alt_name == "Johan Pahwalan"

    def test_positions_lie_in_indonesia(self):
        placed = Area.objects.exclude(lat=None)
        assert placed.count() > 7300
        assert not placed.exclude(lat__range=(-11.1, 6.2), lon__range=(94.9, 141.1)).exists()

    def test_a_place_finds_its_unit(self):
        def unit(code):
            return Unit.objects.of_area(Area.objects.get(code=code)).code

        assert unit("31.73.04.1008") == "polsek-tambora"
        assert unit("31.73.01") == "polres-metro-jakarta-barat"
        assert unit("15.05") == "polda-jambi"
        assert unit("32.73") == "mabes-polri"

    def test_units_stand_under_one_another_up_to_the_polda(self):
        tambora = Unit.objects.get(code="polsek-tambora")
        assert tambora.polres.name == "Polres Metro Jakarta Barat"
        assert tambora.polda.name == "Polda Metro Jaya"
        assert Unit.objects.filter(kind=UnitKind.POLSEK).count() == 7
        assert not Unit.objects.exclude(phone="").exists()

    def test_tamboras_nights(self):
        patrol = Schedule.objects.get(name="Patroli gabungan malam Tambora")
        post = Schedule.objects.get(name="Pos pantau dini hari Tambora")
        assert (patrol.apel, patrol.start, patrol.end) == (time(22), time(22, 15), time(1))
        assert (post.start, post.after_midnight, post.post.name) == (
            time(1),
            True,
            "Pos Pantau Tambora",
        )
        assert [group.name for group in post.groups.order_by("name")] == [
            "Citra Bhayangkara Tambora",
            "Tiga Pilar Tambora",
        ]

    def test_pam_swakarsa_needs_a_pengukuhan(self):
        needing = GroupKind.objects.filter(needs_confirmation=True)
        assert set(needing.values_list("code", flat=True)) == {
            "pokdarkamtibmas",
            "satkamling",
            "satpam",
        }
        assert GroupKind.objects.count() == 17

    def test_kinds_of_trouble(self):
        assert Category.objects.count() == 32
        codes = list(Category.objects.offered().values_list("code", flat=True))
        assert codes[:3] == ["vehicle_theft", "brawl", "noise_dispute"]
        assert codes[-1] == "other"
        sealed = Category.objects.filter(is_sealed=True).values_list("code", flat=True)
        assert set(sealed) == {
            *("domestic_violence", "sexual_violence", "narcotics", "terrorism"),
            *("police_misconduct", "missing_child", "body_found"),
        }
        assert Category.objects.get(is_about_police=True).code == "police_misconduct"
        unmediated = Category.objects.filter(allows_mediation=False)
        assert set(unmediated.values_list("code", flat=True)) == {
            "domestic_violence",
            "sexual_violence",
        }
        assert "mtr ilang" in Category.objects.get(code="vehicle_theft").synonyms

    def test_every_icon_can_be_drawn(self):
        for category in Category.objects.all():
            assert "<svg" in lucide(category.icon), category.code

    def test_hotspots_of_the_articles_invent_nothing(self):
        bridge = Hotspot.objects.get(name="Jembatan Kali Pasir")
        assert bridge.unit.code == "polsek-metro-menteng"
        assert [category.code for category in bridge.categories.all()] == ["brawl"]
        assert not Hotspot.objects.exclude(lat=None, risky_from=None).exists()
        assert not Hotspot.objects.filter(source="").exists()

    def test_a_second_run_changes_nothing(self):
        output = load(update=True)
        assert "schedules: 0 added, 0 changed, 4 kept" in output
        assert not re.search(r"[1-9]\d* (added|changed)", output)


@pytest.mark.django_db
class TestLoading:
    def test_rows_in_any_order_and_every_file(self, folder):
        load(folder)
        schedule = Schedule.objects.get()
        assert schedule.weekdays == [0, 5]
        assert schedule.route.checkpoints.get().radius_m == 120
        assert schedule.groups.get().kind.code == "fkpm"
        hotspot = Hotspot.objects.get()
        assert (hotspot.radius_m, hotspot.risky_from) == (200, time(22))
        assert hotspot.categories.get().synonyms == ["tawur", "sajam"]
        assert not Unit.objects.get(code="polsek").investigates
        assert GuardPost.objects.get().area.population_year == 2019

    def test_edits_are_kept(self, folder):
        load(folder)
        self.edit_everything()
        assert "areas: 0 added, 0 changed, 3 kept" in load(folder)
        assert Area.objects.get(code="31").name == "Edited"
        assert Checkpoint.objects.get().radius_m == 300
        assert Category.objects.get().label == "Edited"
        assert not Hotspot.objects.get().categories.exists()
        assert not Schedule.objects.get().groups.exists()

    def test_update_writes_over_edits(self, folder):
        load(folder)
        self.edit_everything()
        output = load(folder, update=True)
        assert "areas: 0 added, 3 changed, 0 kept" in output
        assert Area.objects.get(code="31").name == "DKI Jakarta"
        assert Unit.objects.get(code="polsek").name == "Polsek"
        assert Checkpoint.objects.get().radius_m == 120
        assert Schedule.objects.get().start == time(22, 15)
        assert Schedule.objects.get().groups.count() == 1
        assert Category.objects.get().label == "Tawuran"
        assert Hotspot.objects.get().categories.count() == 1

    @staticmethod
    def edit_everything():
        Area.objects.update(name="Edited")
        Unit.objects.update(name="Edited")
        PartnerGroup.objects.update(note="Edited")
        Checkpoint.objects.update(radius_m=300)
        Schedule.objects.update(start=time(22, 30))
        Schedule.objects.get().groups.clear()
        Category.objects.update(label="Edited")
        Hotspot.objects.get().categories.clear()

    def test_what_is_missing_is_added(self, folder):
        load(folder)
        UnitArea.objects.get(area__code="31").delete()
        assert "unit_areas: 1 added, 0 changed, 1 kept" in load(folder)

    def test_silent_when_asked(self, folder):
        assert load(folder, verbosity=0) == ""

    @pytest.mark.parametrize(
        ("file", "row", "message"),
        [
            ("areas.csv", "31.74,regency,,,,,,", "5: name is empty"),
            ("areas.csv", "31.74,city,X,,,,,", "5: level: 'city' is none of province, regency"),
            ("areas.csv", "31.74,regency,X,,many,2019,,", "5: population: 'many' is not a whole"),
            ("areas.csv", "31.74,regency,X,,,,south,1", "5: lat: 'south' is not a number"),
            ("areas.csv", "31.74,regency,X,,,,-95,1", "5: lat: "),
            ("areas.csv", "31.74,regency,X", "5: 3 values instead of 8"),
            ("areas.csv", "3174,regency,X,,,,,", "5: 3174 is not the code of a regency"),
            ("areas.csv", "32.01,regency,X,,,,,", "5: no area 32, of which 32.01 would be part"),
            ("areas.csv", "31.74,province,X,,,,,", "5: 31.74 is not the code of a province"),
            ("areas.csv", "31.73,regency,X,,,,,", "5: the same row as on line 3"),
            ("areas.csv", "31.74,regency,X,,900,,,", "5: "),
            ("units.csv", "x,post,X,mabes,,Asia/Jakarta,,,,yes,no", "6: kind: 'post' is none of"),
            ("units.csv", "x,polda,X,polsek,,Asia/Jakarta,,,,yes,no", "6: no unit polsek of a"),
            ("units.csv", "x,polda,X,mabes,99,Asia/Jakarta,,,,yes,no", "6: no area 99"),
            ("units.csv", "x,polda,X,mabes,,Asia/Tokyo,,,,yes,no", "6: timezone: "),
            ("units.csv", "x,polda,X,mabes,,Asia/Jakarta,,,,maybe,no", "6: investigates: 'maybe'"),
            ("units.csv", "x,polda,X,mabes,,Asia/Jakarta,,,,yes,yes", "6: "),
            ("unit_areas.csv", "nobody,31", "4: no unit nobody"),
            ("unit_areas.csv", "polres,", "4: area is empty"),
            ("group_kinds.csv", "ngo,LSM,no,ten", "3: order: 'ten' is not a whole number"),
            ("groups.csv", "polsek,X,club,,", "3: no kind of group 'club'"),
            ("categories.csv", "x,X,crime,,,no,no,yes,,,,,,bomb,", "3: order is empty"),
            ("categories.csv", "x,X,police,,,no,no,yes,,,,,,bomb,20", "3: group: "),
            ("categories.csv", "x,X,crime,,,no,no,yes,,,113,,,bomb,20", "3: "),
            ("categories.csv", "x,X,crime,,,no,yes,yes,,,,,,bomb,20", "3: "),
            ("hotspots.csv", "polsek,X,,,,,,,theft,,", "3: no category 'theft'"),
            ("hotspots.csv", "polsek,X,,,,,22:00,,brawl,,", "3: "),
            ("hotspots.csv", "polsek,X,,,,5,,,brawl,,", "3: radius_m: "),
            ("checkpoints.csv", "polsek,,1,X,,,,", "3: route is empty"),
            ("checkpoints.csv", "polsek,Rute,,X,,,,", "3: order is empty"),
            ("checkpoints.csv", "polsek,Jalan,1,X,,,,", "3: route: polsek has none named 'Jalan'"),
            ("activity_kinds.csv", "x,,,yes,no", "3: label is empty"),
            ("sheets.csv", "x,X,,nobody,no,", "3: no kind of activity 'nobody'"),
            ("sheet_lines.csv", "x,20,,X,text,,no,", "3: no sheet 'x'"),
            ("sheet_lines.csv", "dds,20,,X,nothing,,no,", "3: source: "),
            ("schedules.csv", "polsek,X,joint,,,25:00,01:00,no,,,", "3: start: '25:00' is not a"),
            ("schedules.csv", "polsek,X,joint,,,,01:00,no,,,", "3: start is empty"),
            ("schedules.csv", "polsek,X,joint,Mon,,22:00,01:00,no,,,", "3: weekdays: numbers"),
            ("schedules.csv", "polsek,X,joint,,,22:00,01:00,no,,,Nobody", "3: no group 'Nobody'"),
            ("schedules.csv", "polsek,X,joint,,23:30,22:00,01:00,no,,,", "3: apel: "),
        ],
    )
    def test_a_bad_row_is_named_and_nothing_is_loaded(self, folder, file, row, message):
        with (folder / file).open("a", encoding="utf-8") as handle:
            handle.write(row + "\n")
        with pytest.raises(CommandError) as error:
            load(folder)
        assert str(error.value).startswith(f"{folder / file}:{message}")
        assert not Area.objects.exists()

    def test_another_header_is_refused(self, folder):
        (folder / "routes.csv").write_text("unit,note,name\n")
        with pytest.raises(CommandError, match=r"routes\.csv:1: the columns must be unit,name"):
            load(folder)

    def test_a_missing_file_is_named(self, folder):
        (folder / "routes.csv").unlink()
        with pytest.raises(CommandError, match=r"routes\.csv: No such file"):
            load(folder)

    def test_an_empty_line_is_no_row(self, folder):
        with (folder / "routes.csv").open("a") as handle:
            handle.write("\n\n")
        assert "routes: 1 added" in load(folder)
