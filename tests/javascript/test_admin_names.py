import pytest

pytestmark = pytest.mark.browser

SELECT2 = """<span class="select2"><span role="combobox"></span>
  <ul><li><input></li></ul></span>"""
BODY = f"""<div id="content"><table class="tabular">
  <thead><tr><th class="column-rank">Rank</th><th></th></tr></thead>
  <tbody><tr><td class="field-rank"><input id="id_rank"></td></tr></tbody></table>
  <label for="id_unit">Unit</label><select id="id_unit"></select>{SELECT2}</div>"""


def name_of(page, selector):
    return page.eval_on_selector(
        selector,
        "node => document.getElementById(node.getAttribute('aria-labelledby'))?.textContent",
    )


def test_cells_take_the_name_of_their_column(harness):
    page = harness.open(BODY, "pages/admin_names")
    assert name_of(page, "#id_rank") == "Rank"
    assert page.get_attribute("th:empty", "role") == "none"


def test_search_boxes_take_the_name_of_their_field(harness):
    page = harness.open(BODY, "pages/admin_names")
    assert name_of(page, ".select2 [role=combobox]") == "Unit"
    assert name_of(page, ".select2 input") == "Unit"
    assert page.get_attribute(".select2 ul", "role") == "none"
    assert page.get_attribute("#id_unit", "aria-labelledby") is None


def test_a_row_that_is_added_is_named_too(harness):
    page = harness.open(BODY, "pages/admin_names")
    page.evaluate(
        """document.querySelector("tbody").insertAdjacentHTML(
            "beforeend", '<tr><td class="field-rank"><input id="id_rank_2"></td></tr>')"""
    )
    page.wait_for_selector("#id_rank_2[aria-labelledby]")
    assert name_of(page, "#id_rank_2") == "Rank"


def test_the_search_field_of_the_open_box_takes_its_name(harness):
    page = harness.open(BODY, "pages/admin_names")
    page.evaluate(
        """document.querySelector(".select2").classList.add("select2-container--open");
        document.body.insertAdjacentHTML(
            "beforeend", '<div class="select2-dropdown"><input></div>')"""
    )
    page.focus(".select2-dropdown input")
    assert name_of(page, ".select2-dropdown input") == "Unit"
