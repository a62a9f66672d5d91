"""The page of what waits: its words are those of the template, which Django renders."""

import re

import pytest
from django.conf import settings

from tests.javascript.outbox import DUTY, ENTRY, LIST, NIL, ZEROS, entry_form, nil_form, said
from tests.javascript.test_outbox import add_photo

pytestmark = pytest.mark.browser

# The page hears the answers to what it sends once go() is called.
HOLD = """() => {
  const plain = fetch;
  const held = new Promise((resolve) => { globalThis.go = resolve; });
  globalThis.fetch = async (url, options) => {
    const answer = await plain(url, options);
    if (options?.method === "POST") await held;
    return answer;
  };
}"""


def page_body():
    """The template's own part, with its English words."""
    text = settings.BASE_DIR.joinpath("templates", "accounts", "outbox_list.html").read_text()
    text = text.partition("{% block content %}")[2].partition("{% endblock content %}")[0]
    text = re.sub(r'{% translate "(.*?)" %}', r"\1", text)
    return re.sub(r"{%.*?%}|{{.*?}}", "", text)


@pytest.fixture
def open_list(outbox):
    """Opens the page without a signal, so that nothing goes before a button is pressed."""

    def opened():
        outbox.has_signal = False
        page = outbox.open(page_body(), LIST, "pages/outbox_list", "behaviours/unsent", "site")
        outbox.has_signal = True
        return page

    return opened


def test_it_says_what_waits_and_sends_it(outbox, open_list):
    outbox.write_without_signal()
    page = open_list()
    assert page.inner_text("[data-sum]") == "1 not sent yet · 0,0 MB"
    card = page.locator("li.card")
    assert card.locator("h2").inner_text() == "Temuan"
    assert "Apa\nKabel menjuntai" in card.locator("dl").inner_text()
    assert card.locator("[data-word]:visible").inner_text() == "Waits for a signal"
    page.click("[data-send]")
    page.wait_for_selector("text=Everything has been sent.")
    assert outbox.posts[0][1]["text"] == "Kabel menjuntai"
    assert outbox.count() == 0


def test_a_photo_is_shown_with_its_entry_and_can_be_saved(outbox, open_list):
    page = outbox.open(entry_form(), ENTRY)
    add_photo(page)
    outbox.has_signal = False
    with page.expect_navigation():
        page.click("#entry button")
    page.wait_for_load_state("networkidle")
    page = open_list()
    assert page.locator("li.card").count() == 1
    assert page.evaluate("document.querySelector('li img').decode().then(() => true)")
    with page.expect_download() as saved:
        page.click("li .photos a")
    assert saved.value.suggested_filename == "foto.jpg"


def test_it_is_deleted_only_after_a_second_tap(outbox, open_list):
    outbox.write_without_signal()
    page = open_list()
    assert not page.is_visible("[data-act=drop]")
    page.click("li details:not([data-move]) summary")
    page.click("[data-act=drop]")
    page.wait_for_selector("li.card", state="detached")
    outbox.wait_until(lambda: outbox.count() == 0)
    assert outbox.posts == []


def test_what_was_never_sent_may_be_changed(outbox, open_list):
    outbox.write_without_signal()
    page = open_list()
    page.click("[data-act=edit]")
    page.fill("li textarea", "Kabel menjuntai di gang 4")
    page.click("li form .main")
    outbox.wait_until(lambda: outbox.count() == 0)
    assert outbox.posts[0][1]["text"] == "Kabel menjuntai di gang 4"


def test_what_may_have_arrived_stays_as_it_was(outbox, open_list):
    """The first answer was lost: other words under its UUID would be a conflict."""
    outbox.said[ENTRY] = None
    page = outbox.open(entry_form(), ENTRY)
    page.fill("[name=text]", "Kabel menjuntai")
    with page.expect_navigation():
        page.click("#entry button")
    page.wait_for_load_state("networkidle")
    page = open_list()
    assert page.is_visible("[data-act=send]")
    assert not page.is_visible("[data-act=edit]")


def test_a_refused_one_shows_why_and_is_another_item_once_changed(outbox, open_list):
    outbox.said[ENTRY] = (422, said("Too short"))
    outbox.write_without_signal()
    outbox.send_now()
    outbox.wait_until_answered()
    page = open_list()
    assert page.inner_text("[data-answer]") == "Too short"
    assert page.locator("[data-word]:visible").inner_text() == "Not accepted"
    del outbox.said[ENTRY]
    page.click("[data-act=edit]")
    page.fill("li textarea", "Kabel menjuntai di gang 4")
    page.click("li form .main")
    outbox.wait_until(lambda: outbox.count() == 0)
    first, second = outbox.uuids()
    assert first != second


@pytest.mark.parametrize(
    ("status", "words"),
    [(403, "You may no longer write there."), (400, "The server does not take it as it is.")],
)
def test_a_refusal_without_words_gets_some(outbox, open_list, status, words):
    outbox.said[ENTRY] = (status, {})
    outbox.write_without_signal()
    outbox.send_now()
    outbox.wait_until_answered()
    assert open_list().inner_text("[data-answer]") == words


def test_a_conflict_shows_both_and_saves_mine_as_a_new_one(outbox, open_list):
    outbox.said[ENTRY] = (409, {"said": [], "stored": ["22.10", "Lampu padam"]})
    outbox.write_without_signal()
    outbox.send_now()
    outbox.wait_until_answered()
    page = open_list()
    assert page.text_content("[data-mine]").splitlines() == ["Apa: Kabel menjuntai"]
    assert page.text_content("[data-stored]") == "22.10\nLampu padam"
    del outbox.said[ENTRY]
    page.click("[data-act=new]")
    outbox.wait_until(lambda: outbox.count() == 0)
    first, second = outbox.uuids()
    assert first != second
    assert outbox.posts[1][1]["text"] == "Kabel menjuntai"


def test_a_question_has_its_answers_as_buttons(outbox, open_list):
    ask = {"text": "Are you there?", "answers": [["though_absent", "on", "Yes"]]}
    outbox.said[ENTRY] = (422, {"said": [], "errors": {}, "ask": ask})
    outbox.write_without_signal()
    outbox.send_now()
    outbox.wait_until_answered()
    page = open_list()
    assert page.inner_text("[data-answer]") == "Are you there?"
    del outbox.said[ENTRY]
    page.click("text=Yes >> nth=0")
    outbox.wait_until(lambda: outbox.count() == 0)
    assert outbox.posts[1][1]["though_absent"] == "on"
    assert len(set(outbox.uuids())) == 1


def test_photos_follow_an_entry_that_was_changed(outbox, open_list):
    outbox.said[ENTRY] = (422, said("Too short"))
    page = outbox.open(entry_form(), ENTRY)
    page.fill("[name=text]", "K")
    add_photo(page)
    page.click("#entry button")
    page.wait_for_selector("[data-told]")
    page = open_list()
    del outbox.said[ENTRY]
    page.click("[data-act=edit]")
    page.fill("li textarea", "Kabel")
    page.click("li form .main")
    outbox.wait_until(lambda: outbox.count() == 0)
    (_first, _), (_second, entry), (photo, _) = outbox.posts
    assert photo == f"/patrols/entries/{entry['client_uuid']}/photo/"


def test_a_report_is_not_handed_to_the_commander(outbox, open_list):
    path = "/reports/new/"
    page = outbox.open(entry_form().replace(ENTRY, path), path)
    outbox.said[path] = (403, {})
    page.fill("[name=text]", "Tentang seorang polisi")
    page.click("#entry button")
    outbox.wait_until_answered()
    page = open_list()
    assert page.is_visible("li [data-act=send]")
    assert not page.is_visible("li [data-act=hand]")


CHANGED = "Kabel menjuntai di gang 4"


@pytest.fixture
def sending(outbox, open_list):
    """The page with words that were changed while the item is being sent."""
    outbox.write_without_signal()
    page = open_list()
    page.click("[data-act=edit]")
    page.fill("li textarea", CHANGED)
    page.evaluate(HOLD)
    outbox.send_now()
    outbox.wait_until(lambda: len(outbox.posts) == 1)
    page.click("li form .main")
    page.wait_for_selector("li form [data-told] >> text=on its way")
    assert page.input_value("li textarea") == CHANGED
    return page


def test_what_is_stored_meanwhile_is_not_stored_twice(outbox, sending):
    sending.evaluate("globalThis.go()")
    outbox.wait_until(lambda: outbox.count() == 0)
    sending.click("li form .main")
    sending.wait_for_selector("li form [data-told] >> text=sent or thrown away")
    assert sending.input_value("li textarea") == CHANGED
    assert len(outbox.posts) == 1


def test_what_is_refused_meanwhile_may_be_changed(outbox, open_list, request):
    outbox.said[ENTRY] = (422, said("Too short"))
    sending = request.getfixturevalue("sending")
    sending.evaluate("globalThis.go()")
    outbox.wait_until_answered()
    del outbox.said[ENTRY]
    sending.click("li form .main")
    outbox.wait_until(lambda: outbox.count() == 0)
    assert outbox.posts[1][1]["text"] == CHANGED
    assert len(set(outbox.uuids())) == 2


@pytest.mark.parametrize("act", ["new", "hand"])
def test_what_another_tab_has_sent_meanwhile_is_made_into_no_other(outbox, open_list, act):
    outbox.said[ENTRY] = (409, {"stored": ["Lampu padam"]}) if act == "new" else (403, {})
    outbox.write_without_signal()
    outbox.send_now()
    outbox.wait_until_answered()
    page = open_list()
    page.evaluate("""import("/static/js/offline/queue.js").then(({ remove }) => remove(1))""")
    assert outbox.count() == 0
    page.click(f"[data-act={act}]")
    page.wait_for_selector("[data-told] >> text=sent or thrown away")
    page.wait_for_selector("text=Everything has been sent.")
    assert len(outbox.posts) == 1


def test_what_is_changed_before_it_goes_goes_once(outbox, open_list):
    """The tab that sends has read the item, and has not noted that it sends it."""
    outbox.write_without_signal()
    page = open_list()
    page.evaluate("""async () => {
      const opened = crypto.subtle.decrypt.bind(crypto.subtle);
      const { sendAll } = await import("/static/js/offline/queue.js");
      const { renew } = await import("/static/js/pages/outbox_items.js");
      let isFirst = true;
      crypto.subtle.decrypt = async (...how) => {
        if (isFirst) {
          isFirst = false;
          globalThis.why = await renew(1, { fields: { text: "Lain" } });
        }
        return opened(...how);
      };
      await sendAll({ wait: true });
      await sendAll({ wait: true });
    }""")
    assert page.evaluate("globalThis.why") == ""
    assert [fields["text"] for _path, fields in outbox.posts] == ["Lain"]


def test_what_is_deleted_while_it_is_being_sent_does_not_return(outbox, open_list):
    outbox.write_without_signal()
    page = open_list()
    page.evaluate(HOLD)
    outbox.said["all"] = (403, {})
    outbox.send_now()
    outbox.wait_until(lambda: len(outbox.posts) == 1)
    page.click("li details:not([data-move]) summary")
    page.click("[data-act=drop]")
    outbox.wait_until(lambda: outbox.count() == 0)
    page.evaluate("globalThis.go()")
    page.wait_for_timeout(300)
    assert outbox.count() == 0


def test_photos_wait_for_wifi_or_for_the_button(outbox, open_list):
    outbox.open(nil_form())
    page = open_list()
    page.check("[data-wifi]")
    page = outbox.open(entry_form(), ENTRY)
    page.fill("[name=text]", "Kabel")
    add_photo(page)
    with page.expect_navigation():
        page.click("#entry button")
    outbox.wait_until(lambda: outbox.count() == 1)
    assert [path for path, _fields in outbox.posts] == [ENTRY]
    page = open_list()
    assert page.locator("[data-word]:visible").inner_text() == "Waits for Wi-Fi"
    page.click("[data-send]")
    outbox.wait_until(lambda: outbox.count() == 0)


def test_somebody_else_sees_an_empty_page(outbox, open_list):
    outbox.write_without_signal()
    outbox.person = 8
    page = outbox.open(page_body(), LIST, "pages/outbox_list", person=8)
    page.wait_for_selector("[data-none]")
    assert page.locator("li.card").count() == 0
    assert outbox.count() == 1


def test_after_words_were_typed_a_sent_item_does_not_take_them_away(outbox, open_list):
    outbox.write_without_signal("Satu")
    outbox.has_signal = False
    page = outbox.open(nil_form(), NIL)
    with page.expect_navigation(url=f"**{DUTY}"):
        page.click("#nil button")
    page.wait_for_load_state("networkidle")
    page = open_list()
    page.click("li:first-child [data-act=edit]")
    page.fill("li textarea", "Dua")
    outbox.said["all"] = (503, {})
    outbox.send_now()
    outbox.wait_until(lambda: outbox.posts)
    page.wait_for_timeout(200)
    assert page.input_value("li textarea") == "Dua"


@pytest.fixture
def refused(outbox, open_list):
    """The page with an entry and its photo, which its duty does not take."""
    outbox.said[ENTRY] = (422, said("Cancelled"))
    page = outbox.open(entry_form(), ENTRY)
    page.fill("[name=text]", "Kabel menjuntai")
    add_photo(page)
    page.click("#entry button")
    page.wait_for_selector("[data-told]")
    return open_list()


def test_a_refused_entry_can_be_moved_to_another_duty(outbox, refused):
    duties = [{"key": key, "name": "B", "night": key} for key in ("12", "9")]
    refused.route("**/duties/choices/", lambda route: route.fulfill(json=duties))
    refused.click("[data-move] summary")
    refused.click("text=B · 9")
    outbox.wait_until(lambda: outbox.count() == 0)
    path, fields = outbox.posts[1]
    assert (path, fields["text"]) == ("/patrols/duties/9/entries/add/", "Kabel menjuntai")
    assert outbox.posts[2][0] == f"/patrols/entries/{fields['client_uuid']}/photo/"


def test_a_refused_entry_can_be_handed_to_the_commander_with_its_photo(outbox, refused):
    refused.click("[data-act=hand]")
    outbox.wait_until(lambda: outbox.count() == 0)
    path, fields = outbox.posts[1]
    assert path == "/patrols/late-notes/add/"
    assert (fields["duty"], fields["kind"]) == ("12", "finding")
    assert fields["text"] == "Kabel menjuntai"
    assert "photos" in fields
    assert len(outbox.posts) == 2
    assert outbox.dump()["files"] == []


BEGIN = "/patrols/duties/begin/"


def begin_without_signal(outbox):
    """A patrol begun on the phone, and an entry of it."""
    form = f"""<form id="begin" method="post" action="{BEGIN}"
      data-outbox="/patrols/duties/{ZEROS}/" data-what="Patroli"><button>Mulai</button></form>"""
    page = outbox.open(form, BEGIN)
    outbox.has_signal = False
    with page.expect_navigation():
        page.click("#begin button")
    duty = re.search(r"/patrols/duties/[^/]+/", page.url)[0]
    page = outbox.open(entry_form().replace(DUTY, duty), ENTRY)
    page.fill("[name=text]", "Kabel")
    with page.expect_navigation(url=f"**{duty}"):
        page.click("#entry button")
    page.wait_for_load_state("networkidle")
    outbox.has_signal = True


def test_what_follows_a_patrol_waits_like_it_and_needs_nothing(outbox, open_list):
    begin_without_signal(outbox)
    page = open_list()
    words = page.locator("[data-word]:visible").all_inner_texts()
    assert words == ["Waits for a signal", "Waits for a signal"]
    entry = page.locator("li.card").nth(1)
    assert entry.locator("[data-duty-of]").get_attribute("href").startswith("/patrols/duties/")
    buttons = entry.locator("[data-act]:visible").all_inner_texts()
    assert buttons == ["Change it"]


def test_what_follows_a_refused_patrol_can_be_handed_over(outbox, open_list):
    outbox.said[BEGIN] = (422, said("No"))
    begin_without_signal(outbox)
    outbox.send_now()
    outbox.wait_until(lambda: "state refused" in str(outbox.dump()["items"]))
    page = open_list()
    entry = page.locator("li.card").nth(1)
    assert "not accepted" in entry.locator("[data-word]:visible").inner_text()
    assert entry.locator("[data-act=hand]").is_visible()
