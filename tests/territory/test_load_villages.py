import gzip
import importlib.util
from io import StringIO
from types import SimpleNamespace

import pytest
from django.core.management import CommandError, call_command

from territory.models import Area
from tests import factories as make

pytestmark = pytest.mark.django_db
LINES = (
    "code,name,lat,lon\n31.73.04.1001,Tambora,-6.144629157,106.808846\n3173041002,Kali  Anyar,,\n"
)


@pytest.fixture
def load(tmp_path):
    make.make_area("31.73.04")

    def run(text, *codes, name="v.csv"):
        path = tmp_path / name
        data = text.encode() if isinstance(text, str) else text
        path.write_bytes(gzip.compress(data) if name.endswith(".gz") else data)
        out, err = StringIO(), StringIO()
        try:
            call_command(
                "load_villages", *(codes or ["31.73.04"]), file=path, stdout=out, stderr=err
            )
        except CommandError as error:
            err.write(str(error))
        return out.getvalue(), err.getvalue()

    return run


@pytest.mark.parametrize("name", ["v.csv", "v.csv.gz"])
def test_villages_are_added_once_and_then_left_alone(load, name):
    assert load(LINES, name=name) == ("Villages: 2 added, 0 kept.\n", "")
    tambora = Area.objects.get(code="31.73.04.1001")
    assert (tambora.name, tambora.level, tambora.parent.code) == ("Tambora", "village", "31.73.04")
    assert (tambora.lat, tambora.lon) == (-6.14463, 106.80885)
    assert Area.objects.get(code="31.73.04.1002").name == "Kali Anyar"
    Area.objects.filter(pk=tambora.pk).update(name="Diubah")
    assert load("\ufeff" + LINES) == ("Villages: 0 added, 2 kept.\n", "")
    assert Area.objects.get(pk=tambora.pk).name == "Diubah"


@pytest.mark.parametrize(
    ("line", "words"),
    [
        ("31.73.05.1001,Krukut,,", "it lies in another kecamatan"),
        ("31.73.04.1002,Lain,,", "an earlier line has the same code"),
        ("31.73.04,Tambora,,", "no code of a village"),
        ("31.73.04.1003,,,", "name"),
        ("31.73.04.1003,Duri,-6.1,", "go together"),
        ("31.73.04.1003,Duri,nan,nan", "degrees"),
        ("31.73.04.1003,Duri,utara,timur", "could not convert"),
        ("31.73.04.1003,Duri,-96.1,106", "lat"),
        (f"31.73.04.1003,{'x' * 101},,", "name"),
    ],
)
def test_a_line_that_cannot_be_loaded_is_named_and_the_rest_is_loaded(load, line, words):
    out, err = load(LINES + line)
    assert out == "Villages: 2 added, 0 kept.\n"
    assert "Line 4" in err
    assert words in err
    assert "1 of 3 lines were not loaded." in err


def test_what_is_no_such_file_or_kecamatan(load, tmp_path):
    assert "columns must be" in load("kode;nama\n")[1]
    assert "columns must be" in load("")[1]
    assert "cannot be read" in load(b"\xff\xfe")[1]
    assert "No kecamatan has the code 31.73.99" in load(LINES, "31.73.99", "31.73.04")[1]
    assert "No kecamatan has the code 31.73" in load(LINES, "31.73")[1]
    assert "No village of 31.73.04 was found." in load("code,name\n")[1]
    with pytest.raises(CommandError, match="cannot be read"):
        call_command("load_villages", "31.73.04", file=tmp_path / "no.csv")


def test_the_package_is_read_where_it_is_installed(load, tmp_path, monkeypatch):
    with pytest.raises(CommandError, match="--file"):
        call_command("load_villages", "31.73.04")
    folder = tmp_path / "data" / "villages"
    folder.mkdir(parents=True)
    text = (
        "id,district_id,name,postal_code,latitude,longitude\n"
        "3173041001,317304,Tambora,11220,-6.144629157092716,106.80884620772467\n"
        "3173051001,317305,Krukut,11140,,\n"
    )
    (folder / "villages_31.csv.gz").write_bytes(gzip.compress(text.encode()))
    found = SimpleNamespace(submodule_search_locations=[str(tmp_path)])
    monkeypatch.setattr(importlib.util, "find_spec", lambda name: found)
    call_command("load_villages", "31.73.04", stdout=StringIO())
    assert list(Area.objects.villages().values_list("name", flat=True)) == ["Tambora"]
    make.make_area("15.71.01")
    with pytest.raises(CommandError, match="cannot be read"):
        call_command("load_villages", "15.71.01")
