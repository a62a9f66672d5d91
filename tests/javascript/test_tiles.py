import pytest

pytestmark = pytest.mark.browser

BODY = """<input name="words"><form data-tiles><p data-none hidden>Nothing</p>
  <section data-group>
    <button data-words="curanmor motor hilang">Pencurian motor</button>
    <button data-words="">Jambret</button>
  </section>
  <section data-group><button data-words="sound horeg">Tetangga ribut</button></section></form>"""


@pytest.mark.parametrize(
    ("typed", "shown"),
    [
        ("", ["Pencurian motor", "Jambret", "Tetangga ribut"]),
        ("jam", ["Jambret"]),
        ("HOREG", ["Tetangga ribut"]),
        ("motor pencuri", ["Pencurian motor"]),  # every word, in any order
        ("mtr ilang", ["Pencurian motor"]),  # no vowels; from the middle
        ("tettangga", ["Tetangga ribut"]),  # doubled letters count once
        ("nc", []),  # two letters match only at the beginning
        ("ncu", ["Pencurian motor"]),
    ],
)
def test_tiles_follow_what_is_typed(harness, typed, shown):
    page = harness.open(BODY, "behaviours/tiles")
    page.fill("input", typed)
    everything = ["Pencurian motor", "Jambret", "Tetangga ribut"]
    assert page.locator("button:visible").all_inner_texts() == (shown or everything)
    assert page.is_visible("[data-none]") is (shown == [])


def test_an_empty_group_is_hidden_and_comes_back(harness):
    page = harness.open(BODY, "behaviours/tiles")
    page.fill("input", "jambret")
    assert page.locator("section:visible").count() == 1
    page.fill("input", "xyzzy")
    assert page.locator("section:visible").count() == 2
    page.fill("input", "ribut")
    assert page.locator("section:visible").count() == 1
    assert not page.is_visible("[data-none]")
