import pytest
from django.core.exceptions import ImproperlyConfigured

from kamtibmas_site import environment


@pytest.mark.parametrize(
    ("word", "meaning"), [("1", True), ("On", True), ("no", False), ("", False)]
)
def test_flag(monkeypatch, word, meaning):
    monkeypatch.setenv("A_FLAG", word)
    assert environment.flag("A_FLAG", default=not meaning) is meaning


def test_flag_missing_is_its_default(monkeypatch):
    monkeypatch.delenv("A_FLAG", raising=False)
    assert environment.flag("A_FLAG", default=True) is True


def test_whole_number_and_words(monkeypatch):
    monkeypatch.setenv("A_NUMBER", "12")
    monkeypatch.setenv("SOME_WORDS", "one, two,,")
    assert environment.whole_number("A_NUMBER", default=1) == 12
    assert environment.words("SOME_WORDS") == ["one", "two"]


def test_database_in_a_socket_folder(monkeypatch):
    monkeypatch.setenv("DATABASE_URL", "postgresql://role@/name?host=/Some/Folder")
    found = environment.database()
    assert (found["HOST"], found["NAME"], found["USER"]) == ("/Some/Folder", "name", "role")
    assert "host" not in found["OPTIONS"]


def test_database_keeps_other_options(monkeypatch):
    monkeypatch.setenv("DATABASE_URL", "postgres://role:word@server:5433/name?sslmode=require")
    found = environment.database()
    assert (found["HOST"], found["PORT"], found["PASSWORD"]) == ("server", 5433, "word")
    assert found["OPTIONS"]["sslmode"] == "require"


def test_secret_key_from_its_file(monkeypatch, tmp_path):
    monkeypatch.delenv("SECRET_KEY", raising=False)
    file = tmp_path / "secret_key"
    file.write_text("k" * 60 + "\n")
    assert environment.secret_key(file) == "k" * 60


@pytest.mark.parametrize(
    ("name", "value", "read"),
    [
        ("A_FLAG", "maybe", lambda: environment.flag("A_FLAG", default=False)),
        ("A_NUMBER", "-1", lambda: environment.whole_number("A_NUMBER", default=0)),
        ("ALLOWED_HOSTS", "", lambda: environment.hosts("ALLOWED_HOSTS", required=True)),
        ("ALLOWED_HOSTS", "https://x", lambda: environment.hosts("ALLOWED_HOSTS", required=True)),
        ("DATABASE_URL", "", environment.database),
        ("DATABASE_URL", "mysql://server/name", environment.database),
        ("DATABASE_URL", "postgresql://server/", environment.database),
        ("DATABASE_URL", "postgresql://server:port/name", environment.database),
    ],
)
def test_a_bad_value_is_named_in_one_sentence(monkeypatch, name, value, read):
    monkeypatch.setenv(name, value)
    with pytest.raises(ImproperlyConfigured, match=name) as error:
        read()
    assert "\n" not in str(error.value)


@pytest.mark.parametrize("key", ["", "too short"])
def test_a_bad_secret_key_is_named(monkeypatch, tmp_path, key):
    monkeypatch.setenv("SECRET_KEY", key)
    with pytest.raises(ImproperlyConfigured, match="SECRET_KEY"):
        environment.secret_key(tmp_path / "absent")


TILES = "https://tiles.example:8443/peta/{z}/{x}/{y}.png"


def test_tiles(monkeypatch):
    monkeypatch.setenv("SOME_TILES", f" {TILES} ")
    assert environment.tiles("SOME_TILES") == TILES
    monkeypatch.delenv("SOME_TILES")
    assert environment.tiles("SOME_TILES") == ""


@pytest.mark.parametrize(
    "wrong",
    [
        "http://tiles.example/{z}/{x}/{y}.png",
        "https://{s}.tiles.example/{z}/{x}/{y}.png",
        "https://tiles.example;script-src/{z}/{x}/{y}.png",
        "https://tiles.example/{z}/{x}.png",
    ],
)
def test_tiles_that_cannot_be_say_so(monkeypatch, wrong):
    monkeypatch.setenv("SOME_TILES", wrong)
    with pytest.raises(ImproperlyConfigured, match="SOME_TILES"):
        environment.tiles("SOME_TILES")
