"""Names in the database: the SQL of name_key() and the lookup `alike`."""

import unicodedata

import pytest
from django.db import connection
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from partners.models import PartnerGroup
from tests import factories as make
from tests.roles import owner_role
from tests.toolkit.test_names import JEMBATAN_LIMA
from toolkit.name_search import CREATE_NAME_KEY
from toolkit.names import name_key

pytestmark = pytest.mark.django_db

ODD = [
    "",
    " ",
    "%_\\",
    "K\u212aEMANG",  # Kelvin
    "İstanbul",
    "ẞß",
    "½①²",
    "ﬁlm",
    "Ma’rang",
    "ʻAliʼ",
    "D'Ñandú",
    "Ω café",
    "جاكرتا",
    "雅加达",
    "A\u0301\u0323\u0345",
    "\u2028RT\u0085RW\ufeff",
    "x" * 5000,
    *JEMBATAN_LIMA,
]
# Letters of later Unicode versions than the database's.
KNOWN = st.characters(
    exclude_categories=["Cs", "Cn"], exclude_characters="\0", max_codepoint=0x1CBFF
)


def keys_in_sql(texts):
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT name_key(t) FROM unnest(%s::text[]) WITH ORDINALITY u(t, n) ORDER BY n", [texts]
        )
        return [key for (key,) in cursor.fetchall()]


def test_line_9_the_database_and_python_make_the_same_key():
    assert keys_in_sql(ODD) == [name_key(text) for text in ODD]


def test_line_9_the_same_key_of_every_character():
    letters = [
        f"a{chr(code)}b"
        for code in range(1, 0x1CC00)
        if unicodedata.category(chr(code)) not in {"Cs", "Cn"}
    ]
    wrong = [
        (text, key)
        for text, key in zip(letters, keys_in_sql(letters), strict=True)
        if key != name_key(text)
    ]
    assert wrong == []


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.lists(st.text(KNOWN), min_size=1))
@example(["e\u0301\u200d"])
def test_line_9_the_same_key_of_any_text(db, texts):
    assert keys_in_sql(texts) == [name_key(text) for text in texts]


@pytest.mark.parametrize("typed", [*JEMBATAN_LIMA, "bata-n lim"])
def test_line_9_a_name_is_found_however_it_is_typed(units, typed):
    group = make.make_group(units.polsek, "Pokdar Jembatan  Lima (RW.03)")
    make.make_group(units.polsek, "Jembatan Dua")
    assert list(PartnerGroup.objects.filter(name__alike=typed)) == [group]


@pytest.mark.parametrize("typed", ["%", "_", "--", "'", "雅加"])
def test_signs_and_other_alphabets_are_looked_for_as_they_are(units, typed):
    make.make_group(units.polsek, "Jembatan Lima")
    group = make.make_group(units.polsek, f"A{typed}加")
    assert list(PartnerGroup.objects.filter(name__alike=typed)) == [group]


def test_the_function_can_be_made_again(db):
    with owner_role(), connection.cursor() as cursor:
        cursor.execute(CREATE_NAME_KEY)


def test_the_index_serves_the_lookup(units):
    with connection.cursor() as cursor:
        cursor.execute("SET LOCAL enable_seqscan = off")
    plan = PartnerGroup.objects.filter(name__alike="Jembatan-Lima").explain()
    assert "group_name_key" in plan
