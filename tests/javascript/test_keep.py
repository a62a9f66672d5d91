import pytest

pytestmark = pytest.mark.browser
SITE = '<script type="module" src="/static/js/site.js"></script>'
KEPT = "Object.keys(sessionStorage).filter((key) => key.startsWith('kept:')).length"


def form(text="", kind="finding", how="", person="7", errors=""):
    """A form that is sent to /send. `person` stands on the body, as base.html writes it."""
    return f"""<script>document.body.dataset.person = "{person}"</script>
      <form action="/send" data-keep{how}>{errors}
      <input name="kind" type="hidden" value="{kind}"><textarea name="text">{text}</textarea>
      <input name="place"><input name="urgent" type="checkbox" value="yes">
      <input name="secret" type="password"><button>Send</button></form>"""


def open_form(harness, path="/entry", **options):
    return harness.open(form(**options), "behaviours/keep", path=path)


def values(page):
    return page.input_value("[name=text]"), page.input_value("[name=place]")


@pytest.fixture(autouse=True)
def nothing_kept(harness):
    harness.open("").evaluate("sessionStorage.clear()")


def test_words_come_back_on_the_next_visit(harness):
    page = open_form(harness)
    page.fill("[name=text]", "Kabel menjuntai")
    page.fill("[name=place]", "Gang 3")
    page.check("[name=urgent]")
    page.reload()
    assert values(page) == ("Kabel menjuntai", "Gang 3")
    assert page.is_checked("[name=urgent]")


def test_a_field_alone_comes_back_too(harness):
    page = open_form(harness)
    page.fill("[name=place]", "Gang 3")
    page.reload()
    assert values(page) == ("", "Gang 3")


def test_what_the_server_wrote_stays(harness):
    page = open_form(harness)
    page.fill("[name=text]", "Kabel menjuntai")
    page = open_form(harness, text="Lampu padam")
    assert values(page) == ("Lampu padam", "")


def test_words_over_a_proposal_come_back(harness):
    page = open_form(harness, text="Nihil")
    page.fill("[name=text]", "Kabel menjuntai")
    page.reload()
    assert values(page) == ("Kabel menjuntai", "")


def test_words_of_another_kind_lead_to_its_page_where_the_address_names_none(harness):
    page = open_form(harness)
    page.fill("[name=text]", "Kabel menjuntai")
    harness.answers["/entry?kind=finding"] = "The page of findings"
    page = open_form(harness, kind="contact")
    page.wait_for_selector("text=The page of findings")
    assert page.evaluate(KEPT) == 1


def test_words_that_were_sent_in_vain_come_back_at_the_page_of_their_kind(harness):
    page = send(harness, f"<body data-unsaved>{SITE}")
    keep = SITE.replace("site", "behaviours/keep")
    answer = f"<!doctype html><title>.</title><body>{form()}{keep}{SITE}"
    harness.answers["/entry?kind=finding"] = answer
    open_form(harness, kind="contact")
    page.wait_for_url("**?kind=finding")
    assert values(page) == ("Kabel menjuntai", "")


def test_the_kind_that_the_address_names_opens_without_words_of_another(harness):
    page = open_form(harness, kind="contact")
    page.fill("[name=text]", "Sambang di rumah Bu Tini")
    page = open_form(harness, path="/entry?kind=finding")
    assert values(page) == ("", "")
    page.fill("[name=text]", "Kabel menjuntai")
    page = open_form(harness, path="/entry?kind=contact", kind="contact")
    assert values(page) == ("Sambang di rumah Bu Tini", "")


def test_a_form_that_comes_back_with_words_is_not_left_for_another_kind(harness):
    page = open_form(harness, kind="contact")
    page.fill("[name=text]", "Sambang di rumah Bu Tini")
    page = open_form(harness, text="Stored before")
    page.wait_for_timeout(300)
    assert values(page) == ("Stored before", "")


def test_another_person_gets_nothing(harness):
    page = open_form(harness)
    page.fill("[name=text]", "Kabel menjuntai")
    page = open_form(harness, person="8")
    assert values(page) == ("", "")


def test_a_password_is_not_kept(harness):
    page = open_form(harness)
    page.fill("[name=secret]", "rahasia")
    assert "rahasia" not in page.evaluate("JSON.stringify(sessionStorage)")


def test_a_sealed_form_keeps_nothing_and_removes_what_was_kept(harness):
    page = open_form(harness)
    page.fill("[name=text]", "Suami memukul")
    page = open_form(harness, how='="never"')
    assert page.evaluate(KEPT) == 0
    page.fill("[name=text]", "Suami memukul")
    assert page.evaluate(KEPT) == 0


def send(harness, answer):
    page = open_form(harness)
    page.fill("[name=text]", "Kabel menjuntai")
    harness.answers["/send"] = f"<!doctype html><title>.</title>{answer}"
    with page.expect_navigation():
        page.click("button")
    return page


def test_nothing_is_kept_once_the_server_has_answered(harness):
    page = send(harness, f"<body>{SITE}")
    assert page.evaluate(KEPT) == 0
    page = open_form(harness)
    assert values(page) == ("", "")


@pytest.mark.parametrize(
    "answer",
    [
        f"<body data-unsaved>{SITE}",  # the session has ended, or another error page of ours
        "<body>The browser's own page: no signal",
    ],
)
def test_words_stay_where_nothing_was_saved(harness, answer):
    page = send(harness, answer)
    assert page.evaluate(KEPT) == 1
    page = open_form(harness)
    assert values(page) == ("Kabel menjuntai", "")


def test_words_stay_where_the_form_is_shown_again_with_errors(harness):
    errors = '<p id="form-errors">Not saved yet</p>'
    page = send(harness, f"<body>{form(text='Kabel menjuntai', errors=errors)}{SITE}")
    assert page.evaluate(KEPT) == 1
    page = open_form(harness)
    assert values(page) == ("Kabel menjuntai", "")


def test_signing_out_removes_everything(harness):
    page = open_form(harness)
    page.fill("[name=text]", "Kabel menjuntai")
    harness.answers["/out"] = "Bye"
    page = harness.open(
        '<form action="/out" data-drop-kept><button>Out</button></form>', "behaviours/drop_kept"
    )
    with page.expect_navigation():
        page.click("button")
    assert page.evaluate(KEPT) == 0


def test_words_of_yesterday_are_gone(harness):
    page = open_form(harness)
    page.fill("[name=text]", "Kabel menjuntai")
    page.evaluate(
        """for (const key of Object.keys(sessionStorage)) {
          const kept = JSON.parse(sessionStorage.getItem(key));
          sessionStorage.setItem(key, JSON.stringify({ ...kept, at: kept.at - 86400001 }));
        }"""
    )
    page.reload()
    assert values(page) == ("", "")


def test_a_page_that_answered_a_post_is_asked_for_by_get(harness):
    harness.answers["/send"] = f"<body data-answer>{SITE}"
    page = harness.open('<form action="/send" method="post"><button>Send</button></form>')
    with page.expect_navigation():
        page.click("button")
    page.reload()
    assert [method for method, path in harness.asked if path == "/send"] == ["POST", "GET"]


# Forms that are compared with what their page showed


def edit_form(harness, seen, name="Pak Lama", role="member", active=True, uuid="u1", errors=""):
    options = "".join(
        f'<option value="{one}"{" selected" if one == role else ""}>{one}</option>'
        for one in ("member", "chair")
    )
    return harness.open(
        f"""<script>document.body.dataset.person = "7"</script>
        <form action="/edit" data-keep>{errors}<input name="seen" type="hidden" value="{seen}">
        <input name="client_uuid" type="hidden" value="{uuid}"><input name="name" value="{name}">
        <input name="place"><select name="role">{options}</select>
        <input name="active" type="checkbox" value="on"{" checked" if active else ""}></form>""",
        "behaviours/keep",
        path="/edit",
    )


def fields(page):
    names = ("seen", "client_uuid", "name", "place", "role")
    return [page.input_value(f"[name={name}]") for name in names] + [
        page.is_checked("[name=active]")
    ]


def test_line_5_words_return_with_the_stamp_they_were_typed_against(harness):
    page = edit_form(harness, "first")
    page.fill("[name=place]", "Gang 3")
    page = edit_form(harness, "second", name="Pak Baru", role="chair", active=False, uuid="u2")
    # What this person has not touched is as it is stored now.
    assert fields(page) == ["first", "u1", "Pak Baru", "Gang 3", "chair", False]


def test_line_5_own_words_are_not_lost_to_those_of_the_other(harness):
    page = edit_form(harness, "first")
    page.fill("[name=name]", "Pak Saya")
    page.select_option("[name=role]", "chair")
    page.uncheck("[name=active]")
    page = edit_form(harness, "second", name="Pak Baru")
    assert fields(page) == ["first", "u1", "Pak Saya", "", "chair", False]


def test_line_5_a_refused_form_keeps_its_own_stamp(harness):
    """It shows the words already, and the stamp of what the person has just been told."""
    page = edit_form(harness, "first")
    page.fill("[name=name]", "Pak Saya")
    told = '<p id="form-errors">Changed meanwhile</p>'
    page = edit_form(harness, "second", name="Pak Saya", errors=told)
    assert fields(page) == ["second", "u1", "Pak Saya", "", "member", True]
    page.fill("[name=place]", "Gang 3")
    page = edit_form(harness, "third", name="Pak Lain")
    assert fields(page) == ["second", "u1", "Pak Saya", "Gang 3", "member", True]


def returned(harness, **options):
    """The page again, with the words that the body has for a form that was filled before."""
    body = "Object.assign(document.body.dataset, {returned: 'Isian kembali', throwAway: 'Buang'})"
    page = f"<script>{body}</script>{form(**options)}"
    return harness.open(page, "behaviours/keep", path="/entry")


def test_a_line_says_that_words_have_returned_and_throws_them_away(harness):
    page = returned(harness)
    assert not page.locator("[data-words-returned]").count()
    page.fill("[name=text]", "Kabel menjuntai")
    page = returned(harness)
    assert page.inner_text("[data-words-returned] span") == "Isian kembali"
    with page.expect_navigation():
        page.click("text=Buang")
    assert values(page) == ("", "")
    assert not page.locator("[data-words-returned]").count()
    assert page.evaluate(KEPT) == 0


def test_no_line_where_the_words_are_those_of_the_page(harness):
    page = returned(harness)
    page.fill("[name=text]", "Kabel menjuntai")
    page = returned(harness, text="Kabel menjuntai")
    assert not page.locator("[data-words-returned]").count()
