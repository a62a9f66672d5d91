"""The gate itself: it has to find what it is there for."""

import polib
import pytest

from tools.checks.translations import Text, faults, texts_of_python, texts_of_template, write


def test_texts_of_python():
    source = (
        '_("one"); pgettext_lazy("a duty", "end"); ngettext("%(n)s duty", "%(n)s duties", 2)\n'
        'gettext("joined " "up"); gettext(variable)'
    )
    assert set(texts_of_python(source)) == {
        Text(None, "one", None),
        Text("a duty", "end", None),
        Text(None, "%(n)s duty", "%(n)s duties"),
        Text(None, "joined up", None),
    }


def test_texts_of_template():
    source = """{% load i18n %}{% translate "It's" %}{% translate "end" context "a duty" %}
    {% blocktranslate count n=n trimmed %}
      {{ n }} duty
    {% plural %}
      {{ n }} duties
    {% endblocktranslate %}{{ x|default:_("none") }}"""
    assert set(texts_of_template(source)) == {
        Text(None, "It's", None),
        Text("a duty", "end", None),
        Text(None, "%(n)s duty", "%(n)s duties"),
        Text(None, "none", None),
    }


@pytest.fixture
def catalogue(tmp_path):
    file = polib.POFile()
    file.metadata = {
        "Content-Type": "text/plain; charset=UTF-8",
        "Plural-Forms": "nplurals=1; plural=0;",
    }
    file.append(polib.POEntry(msgid="Hello %(name)s", msgstr="Halo %(name)s"))
    path = tmp_path / "django.po"
    file.save(str(path))
    file.save_as_mofile(str(path.with_suffix(".mo")))
    return path


TEXTS = {Text(None, "Hello %(name)s", None): "somewhere.py"}


def change(catalogue, *, compiled=True, **fields):
    file = polib.pofile(str(catalogue))
    for name, value in fields.items():
        setattr(file[0], name, value)
    file.save()
    if compiled:
        file.save_as_mofile(str(catalogue.with_suffix(".mo")))


def test_a_whole_catalogue_has_no_fault(catalogue):
    assert list(faults(TEXTS, catalogue)) == []


def test_a_text_that_is_missing(catalogue):
    assert "not in the catalogue" in next(faults({Text(None, "New", None): "a.py"}, catalogue))


@pytest.mark.parametrize(
    ("fields", "fault"),
    [
        ({"msgstr": ""}, "not translated"),
        ({"flags": ["fuzzy"]}, "fuzzy"),
        ({"msgstr": "Halo %(nama)s"}, "placeholders"),
    ],
)
def test_a_faulty_translation(catalogue, fields, fault):
    change(catalogue, **fields)
    assert fault in " ".join(faults(TEXTS, catalogue))


def test_a_stale_compiled_file(catalogue):
    change(catalogue, compiled=False, msgstr="Hai %(name)s")
    assert "make messages" in " ".join(faults(TEXTS, catalogue))
    catalogue.with_suffix(".mo").unlink()
    assert "make messages" in " ".join(faults(TEXTS, catalogue))


def test_no_catalogue(tmp_path):
    assert "missing" in next(faults(TEXTS, tmp_path / "django.po"))


def test_write_adds_what_is_missing_and_compiles(catalogue):
    texts = {**TEXTS, Text("ctx", "%(n)s duty", "%(n)s duties"): "b.py"}
    assert write(texts, catalogue) == 1
    assert write(texts, catalogue) == 0
    assert "not translated" in " ".join(faults(texts, catalogue))
