"""Forms that the phone keeps before it sends them."""

import pytest
from playwright.sync_api import expect

from tests.javascript.outbox import DUTY, ENTRY, NIL, OF_THE_PAGE, ZEROS, entry_form, nil_form, said
from tests.pictures import jpeg

pytestmark = pytest.mark.browser


def test_with_a_signal_it_is_as_without_script(outbox):
    page = outbox.open(nil_form(), NIL)
    with page.expect_navigation(url=f"**{DUTY}"):
        page.click("#nil button")
    page.wait_for_selector("main > .messages .notice.good")
    assert page.inner_text(".messages") == "Stored 201"
    assert outbox.count() == 0
    assert not page.is_visible("[data-unsent]")
    page.reload()
    page.wait_for_timeout(200)
    assert page.locator(".messages").count() == 0


def test_it_says_who_wrote_it_with_a_fresh_token(outbox):
    page = outbox.open(nil_form(), NIL)
    with page.expect_navigation(url=f"**{DUTY}"):
        page.click("#nil button")
    [(path, fields)] = outbox.posts
    assert path == NIL
    assert (outbox.headers[0]["x-outbox"], outbox.headers[0]["x-csrftoken"]) == ("7", "fresh")
    assert set(fields) == {"client_uuid", "device_at", "sent_at"}
    assert fields["device_at"] <= fields["sent_at"]


def test_two_of_one_page_are_two(outbox):
    page = outbox.open(nil_form())
    for _tap in range(2):
        with page.expect_navigation():
            page.click("#nil button")
        page.wait_for_load_state("networkidle")
        page.wait_for_timeout(150)
    first, second = outbox.uuids()
    assert len({first, second, OF_THE_PAGE}) == 3


def test_without_a_signal_it_waits_and_goes_later_as_it_was(outbox):
    page = outbox.write_without_signal()
    assert page.inner_text(".messages") == "Kept"
    assert page.get_attribute("[data-unsent]", "aria-label") == "1 unsent"
    assert page.is_visible("[data-unsent]")
    outbox.send_now()
    outbox.wait_until(lambda: outbox.posts)
    outbox.wait_until(lambda: outbox.count() == 0)
    [(path, fields)] = outbox.posts
    assert path == ENTRY
    assert (fields["kind"], fields["text"]) == ("finding", "Kabel menjuntai")
    assert fields["photo_count"] == "0"
    page.wait_for_selector("[data-unsent]", state="hidden")


def test_after_a_lost_answer_the_same_item_goes_again(outbox):
    outbox.said[NIL] = None
    page = outbox.open(nil_form())
    with page.expect_navigation():
        page.click("#nil button")
    page.wait_for_load_state("networkidle")
    del outbox.said[NIL]
    outbox.send_now()
    outbox.wait_until(lambda: outbox.count() == 0)
    assert len(outbox.posts) >= 2
    assert len(set(outbox.uuids())) == 1
    times = {fields["device_at"] for _path, fields in outbox.posts}
    assert len(times) == 1


def test_a_slow_answer_lets_the_page_go_on(outbox):
    outbox.page.clock.install()
    held = []
    outbox.page.route(f"**{NIL}", lambda route: held.append(route))
    page = outbox.open(nil_form(), NIL + "form/")
    page.click("#nil button")
    outbox.wait_until(lambda: held)
    with page.expect_navigation(url=f"**{DUTY}"):
        page.clock.run_for(6100)
    page.unroute(f"**{NIL}")
    page.wait_for_selector(".messages")
    assert page.inner_text(".messages") == "Kept"


def add_photo(page, name="foto.jpg"):
    photo = {"name": name, "mimeType": "image/jpeg", "buffer": jpeg((400, 300)).read()}
    page.set_input_files("[name=photos]", photo)


def test_photos_are_items_of_their_own_and_go_after_the_words(outbox):
    page = outbox.open(entry_form(), ENTRY)
    page.fill("[name=text]", "Kabel menjuntai")
    add_photo(page)
    with page.expect_navigation(url=f"**{DUTY}"):
        page.click("#entry button")
    outbox.wait_until(lambda: len(outbox.posts) == 2)
    (path, entry), (photo_path, photo) = outbox.posts
    assert (path, entry["photo_count"]) == (ENTRY, "1")
    assert "photos" not in entry
    assert photo_path == f"/patrols/entries/{entry['client_uuid']}/photo/"
    assert photo["client_uuid"] != entry["client_uuid"]
    outbox.wait_until(lambda: outbox.count() == 0)
    assert outbox.dump()["files"] == []


def test_a_photo_waits_while_its_entry_is_refused(outbox):
    outbox.said[ENTRY] = (422, said("No"))
    page = outbox.open(entry_form(), ENTRY)
    add_photo(page)
    page.click("#entry button")
    page.wait_for_selector("#entry [data-told]")
    outbox.send_now()
    page.wait_for_timeout(300)
    assert [path for path, _fields in outbox.posts] == [ENTRY]
    assert outbox.count() == 2


def test_what_hangs_on_a_patrol_waits_until_the_patrol_is_accepted(outbox):
    begin = f"""<form id="begin" method="post" action="/patrols/duties/begin/" data-what="Begin"
      data-outbox="/patrols/duties/{ZEROS}/"><button>Begin</button></form>"""
    outbox.said["/patrols/duties/begin/"] = (403, {})
    page = outbox.open(begin, "/patrols/duties/begin/form/")
    outbox.has_signal = False
    with page.expect_navigation():
        page.click("#begin button")
    key = page.url.split("/")[-2]
    nil = nil_form(f"/patrols/duties/{key}/").replace("duties/12/", f"duties/{key}/")
    page = outbox.open(nil, f"/patrols/duties/{key}/")
    with page.expect_navigation():
        page.click("#nil button")
    page.wait_for_load_state("networkidle")
    outbox.has_signal = True
    outbox.send_now()
    outbox.wait_until(lambda: outbox.posts)
    page.wait_for_timeout(300)
    assert outbox.uuids() == [key]
    assert outbox.count() == 2


def test_what_follows_a_start_waits_until_the_start_is_answered(outbox):
    path = f"{DUTY}start/"
    ask = {"text": "Elsewhere. Leave it?", "answers": [["elsewhere", "keep", "Keep"]]}
    outbox.said[path] = (422, {"ask": ask})
    start = nil_form().replace(NIL, path).replace('id="nil"', 'id="start"')
    page = outbox.open(start + nil_form(), NIL)
    outbox.has_signal = False
    for name in ("start", "nil"):
        with page.expect_navigation(url=f"**{DUTY}"):
            page.click(f"#{name} button")
        page.wait_for_load_state("networkidle")
    outbox.has_signal = True
    outbox.send_now()
    outbox.wait_until(lambda: "state asks" in str(outbox.dump()["items"]))
    page.wait_for_timeout(200)
    assert [at for at, _fields in outbox.posts] == [path]
    del outbox.said[path]
    page.evaluate(
        """async () => {
          const queue = await import("/static/js/offline/queue.js");
          const [{ id }] = await queue.rowsOf("7");
          await queue.sendAgain(id, "elsewhere", "keep");
          await queue.sendAll({ wait: true });
        }"""
    )
    assert [at for at, _fields in outbox.posts] == [path, path, NIL]
    assert outbox.count() == 0


@pytest.mark.parametrize("status", [400, 403, 404, 405, 413, 422, 409])
def test_one_that_is_refused_does_not_hold_up_the_next(outbox, status):
    outbox.said[ENTRY] = (status, said("No") if status in {409, 422} else {})
    outbox.write_without_signal()
    outbox.has_signal = False
    page = outbox.open(nil_form())
    with page.expect_navigation():
        page.click("#nil button")
    page.wait_for_load_state("networkidle")
    outbox.has_signal = True
    outbox.send_now()
    outbox.wait_until(lambda: outbox.count() == 1)
    assert [path for path, _fields in outbox.posts] == [ENTRY, NIL]
    outbox.send_now()
    page.wait_for_timeout(300)
    assert len(outbox.posts) == 2
    assert outbox.count() == 1


@pytest.mark.parametrize("status", [429, 500, 503])
def test_not_now_is_tried_again(outbox, status):
    outbox.said[ENTRY] = (status, {})
    outbox.write_without_signal()
    outbox.send_now()
    outbox.wait_until(lambda: outbox.posts)
    del outbox.said[ENTRY]
    outbox.wait_until(lambda: outbox.count() == 1)
    outbox.page.wait_for_timeout(100)
    outbox.send_now()
    outbox.wait_until(lambda: outbox.count() == 0)
    assert len(set(outbox.uuids())) == 1


def test_one_that_never_gets_through_does_not_hold_up_the_next_for_ever(outbox):
    outbox.write_without_signal("Tak pernah sampai")
    outbox.said[ENTRY] = None
    page = outbox.open(nil_form(), NIL)
    outbox.has_signal = False
    with page.expect_navigation():
        page.click("#nil button")
    page.wait_for_load_state("networkidle")
    outbox.has_signal = True
    tries = 0
    while NIL not in [path for path, _fields in outbox.posts]:
        tries += 1
        assert tries < 9
        before = len(outbox.posts)
        outbox.send_now()
        outbox.wait_until(lambda before=before: len(outbox.posts) > before)
        page.wait_for_timeout(100)
    assert tries > 3
    outbox.wait_until(lambda: outbox.count() == 1)


def test_signed_out_everything_waits(outbox):
    outbox.write_without_signal()
    outbox.person = None
    outbox.send_now()
    outbox.page.wait_for_timeout(300)
    assert (outbox.posts, outbox.count()) == ([], 1)
    outbox.person = 7
    outbox.said[ENTRY] = (401, {})
    outbox.send_now()
    outbox.wait_until(lambda: outbox.posts)
    outbox.page.wait_for_timeout(100)
    assert outbox.count() == 1
    del outbox.said[ENTRY]
    outbox.send_now()
    outbox.wait_until(lambda: outbox.count() == 0)


def test_a_page_of_somebody_else_is_no_receipt(outbox):
    """As of a network that asks to sign in first, or of a page of errors."""
    outbox.write_without_signal()
    html = {"status": 200, "content_type": "text/html", "body": "<p>Welcome</p>"}
    outbox.page.route(f"**{ENTRY}", lambda route: route.fulfill(**html))
    outbox.send_now()
    outbox.page.wait_for_timeout(400)
    assert outbox.count() == 1
    outbox.page.unroute(f"**{ENTRY}")
    outbox.send_now()
    outbox.wait_until(lambda: outbox.count() == 0)


def test_what_another_tab_has_sent_is_no_longer_said_to_wait(outbox):
    page = outbox.open(nil_form(), NIL + "form/")
    held = []
    outbox.page.route("**/accounts/outbox/me/", lambda route: held.append(route))
    page.click("#nil button")
    outbox.wait_until(lambda: held)
    page.evaluate(
        """import("/static/js/offline/queue.js").then(async ({ rowsOf, remove }) => {
            for (const { id } of await rowsOf("7")) await remove(id);
        })"""
    )
    with page.expect_navigation(url=f"**{DUTY}"):
        held[0].abort()
    page.wait_for_function("sessionStorage.getItem('said') === null")
    assert page.locator(".messages").count() == 0


def test_nobody_else_sends_sees_or_loses_it(outbox):
    outbox.write_without_signal()
    outbox.person = 8
    page = outbox.open(nil_form(), person=8)
    page.wait_for_timeout(300)
    assert not page.is_visible("[data-unsent]")
    with page.expect_navigation():
        page.click("#nil button")
    page.wait_for_load_state("networkidle")
    assert [path for path, _fields in outbox.posts] == [NIL]
    assert outbox.count() == 1
    # A page of the first person that is still open does not send it for the second either.
    page = outbox.open(nil_form(), person=7, has_keys=False)
    outbox.send_now()
    page.wait_for_timeout(300)
    assert (len(outbox.posts), outbox.count()) == (1, 1)
    outbox.person = 7
    outbox.send_now()
    outbox.wait_until(lambda: outbox.count() == 0)


def test_two_tabs_send_each_item_once(outbox, phone):
    for number in range(3):
        outbox.write_without_signal(f"Catatan {number}")
    outbox.has_signal = False
    other = phone.new_page()
    other.route("**/*", lambda route: outbox.harness.answer(route))
    other.route("**/*", outbox._answer)
    pages = [outbox.open(nil_form()), outbox.open(nil_form(), page=other)]
    outbox.has_signal = True
    for page in pages:
        page.evaluate("setTimeout(() => dispatchEvent(new Event('online')), 50)")
    outbox.wait_until(lambda: outbox.count() == 0)
    other.close()
    assert len(outbox.posts) == 3
    assert [fields["text"] for _path, fields in outbox.posts] == [f"Catatan {n}" for n in range(3)]


QUOTA = """const add = IDBObjectStore.prototype.add;
  IDBObjectStore.prototype.add = function (row) {
    if (STORES.includes(this.name)) this.transaction.abort();
    return STORES.includes(this.name) ? {} : add.call(this, row);
  };"""


def test_a_full_phone_keeps_the_words_in_the_form_and_says_so(outbox):
    before = f"const STORES = ['items'];{QUOTA}"
    page = outbox.open(entry_form(), ENTRY, before=before)
    page.fill("[name=text]", "Kabel menjuntai")
    outbox.has_signal = False
    page.click("#entry button")
    page.wait_for_selector("[data-told]")
    assert page.inner_text("[data-told]") == "Full"
    assert page.input_value("[name=text]") == "Kabel menjuntai"
    assert page.is_enabled("#entry button")


def test_a_full_phone_sends_as_without_script_where_there_is_a_signal(outbox):
    before = f"const STORES = ['items'];{QUOTA}"
    page = outbox.open(entry_form(), ENTRY, before=before)
    page.fill("[name=text]", "Kabel menjuntai")
    with page.expect_navigation():
        page.click("#entry button")
    assert outbox.posts[0][1]["text"] == "Kabel menjuntai"
    assert "x-outbox" not in outbox.headers[0]


def test_without_room_for_its_photo_an_entry_keeps_its_words(outbox):
    page = outbox.open(entry_form(), ENTRY, before=f"const STORES = ['files'];{QUOTA}")
    page.fill("[name=text]", "Kabel menjuntai")
    add_photo(page)
    outbox.has_signal = False
    with page.expect_navigation():
        page.click("#entry button")
    page.wait_for_selector(".messages")
    assert "No photos" in page.inner_text(".messages")
    outbox.has_signal = True
    outbox.send_now()
    outbox.wait_until(lambda: outbox.count() == 0)
    [(_path, fields)] = outbox.posts
    assert (fields["text"], fields["photo_count"]) == ("Kabel menjuntai", "0")


def test_a_refusal_is_shown_in_the_form_and_what_is_sent_next_stands_in_its_place(outbox):
    outbox.said[ENTRY] = (422, {"said": [], "errors": {"Apa": ["Too short"], "": ["No"]}})
    page = outbox.open(entry_form(), ENTRY)
    page.fill("[name=text]", "K")
    add_photo(page)
    page.click("#entry button")
    page.wait_for_selector("#entry [data-told]")
    assert page.text_content("#entry [data-told]") == "Please check:\nApa: Too short\nNo"
    assert outbox.count() == 2
    del outbox.said[ENTRY]
    page.fill("[name=text]", "Kabel menjuntai")
    with page.expect_navigation():
        page.click("#entry button")
    outbox.wait_until(lambda: outbox.count() == 0)
    first, second = outbox.uuids(ENTRY)
    assert first != second
    assert [path for path, _fields in outbox.posts][2:] == [f"/patrols/entries/{second}/photo/"]


def test_a_refused_form_is_shown_as_the_server_shows_it(outbox):
    errors = '<p id="form-errors" tabindex="-1">Check</p><small id="wrong">Too short</small>'
    shown = entry_form().replace("<label>", f"{errors}<label>")
    shown = shown.replace("></textarea>", ' aria-invalid="true">K</textarea>')
    answer = {"said": [], "errors": {"Apa": ["Too short"]}, "page": outbox.html(shown)}
    outbox.said[ENTRY] = (422, answer)
    page = outbox.open(entry_form(), ENTRY)
    page.fill("[name=text]", "K")
    add_photo(page)
    page.click("#entry button")
    page.wait_for_selector("#wrong")
    assert page.evaluate("document.activeElement.id") == "form-errors"
    assert page.locator("#entry").count() == 1
    assert page.input_value("[name=text]") == "K"
    assert page.evaluate("document.querySelector('[type=file]').files.length") == 1
    assert "Too short" not in str(outbox.dump()["items"])
    del outbox.said[ENTRY]
    page.fill("[name=text]", "Kabel menjuntai")
    with page.expect_navigation():
        page.click("#entry button")
    outbox.wait_until(lambda: outbox.count() == 0)
    first, second = outbox.uuids(ENTRY)
    assert first != second
    assert [path for path, _fields in outbox.posts][2:] == [f"/patrols/entries/{second}/photo/"]


def test_a_question_is_answered_under_the_same_uuid(outbox):
    question = {"text": "Are you there?", "answers": [["though_absent", "on", "Yes"]]}

    def ask(fields):
        return (
            None
            if "though_absent" in fields
            else (422, {"said": [], "errors": {}, "ask": question})
        )

    outbox.said["all"] = ask
    page = outbox.open(nil_form())
    page.click("#nil button")
    page.wait_for_selector("text=Are you there?")
    with page.expect_navigation():
        page.click("text=Yes")
    assert outbox.posts[1][1]["though_absent"] == "on"
    assert len(set(outbox.uuids())) == 1
    outbox.wait_until(lambda: outbox.count() == 0)


def test_nothing_that_was_typed_can_be_read_on_the_phone(outbox):
    page = outbox.open(entry_form(), ENTRY)
    outbox.has_signal = False
    page.fill("[name=text]", "Kabel menjuntai")
    add_photo(page, "rahasia.jpg")
    with page.expect_navigation():
        page.click("#entry button")
    page.wait_for_load_state("networkidle")
    found = outbox.dump()
    assert (len(found["items"]), len(found["files"])) == (2, 1)
    everything = str(found)
    for word in ("Kabel", "menjuntai", "rahasia", "finding", "Temuan", "JFIF"):
        assert word not in everything, word
    assert found["keys"] == ["owner 7 keys key false"]


def test_before_the_phone_has_a_key_the_form_goes_as_it_is(outbox):
    outbox.has_signal = False
    page = outbox.open(nil_form(), has_keys=False)
    outbox.has_signal = True
    with page.expect_navigation():
        page.click("#nil button")
    assert "x-outbox" not in outbox.headers[0]
    assert outbox.posts[0][1]["client_uuid"] == OF_THE_PAGE


def test_what_was_kept_under_a_former_key_still_goes(outbox):
    outbox.write_without_signal()
    outbox.keys.insert(0, "second key of 32 bytes, as it is")
    outbox.send_now()
    outbox.wait_until(lambda: outbox.count() == 0)
    assert outbox.posts[0][1]["text"] == "Kabel menjuntai"


def test_the_keys_are_gone_after_sign_out_and_the_item_stays(outbox):
    outbox.write_without_signal()
    body = """<form method="post" action="/out/" data-sign-out="{n} stays here">
      <button>Out</button></form>"""
    outbox.has_signal = True
    outbox.said["all"] = (500, {})
    page = outbox.open(body, "/out/form/", "behaviours/sign_out", "behaviours/unsent")
    page.wait_for_selector("main .notice")
    assert page.inner_text("main form .notice") == "1 stays here"
    with page.expect_navigation():
        page.click("text=Out")
    outbox.person = None
    page = outbox.open("<p>The way in</p>", "/in/", "site", has_keys=False)
    found = outbox.dump()
    assert (found["keys"], len(found["items"])) == ([], 1)
    outbox.person, outbox.said = 7, {}
    outbox.open(nil_form())
    outbox.wait_until(lambda: outbox.count() == 0)
    assert outbox.posts[-1][1]["text"] == "Kabel menjuntai"


def test_after_a_day_every_page_says_so(outbox):
    outbox.write_without_signal()
    outbox.has_signal = False
    page = outbox.open("<p>Page</p>", "/other/", "behaviours/unsent")
    assert page.locator("[data-old-notice]").count() == 0
    later = "Date.now = ((now) => () => now() + 86400000)(Date.now);"
    page = outbox.open("<p>Page</p>", "/other/", "behaviours/unsent", before=later)
    page.wait_for_selector("[data-old-notice]")
    assert page.inner_text("[data-old-notice]") == "Older than a day"


# Drafts: the browser may be closed, or the page with the camera open.


def leave_page(page):
    """As when another app is used: then the browser may close the page."""
    page.evaluate(
        """() => {
            Object.defineProperty(document, "hidden", { value: true });
            document.dispatchEvent(new Event("visibilitychange"));
        }"""
    )
    page.wait_for_timeout(300)


def forget_tab(page):
    """As in a new tab: Chromium fills in a form again at the same address."""
    page.evaluate("sessionStorage.clear()")
    page.goto("about:blank")


def test_words_return_after_the_browser_was_closed(outbox):
    page = outbox.open(entry_form(), ENTRY)
    page.fill("[name=text]", "Kabel menjuntai")
    leave_page(page)
    forget_tab(page)
    page = outbox.open(entry_form(), ENTRY)
    expect(page.locator("[name=text]")).to_have_value("Kabel menjuntai", timeout=5000)


def test_photos_and_words_return_where_the_camera_closed_the_page(outbox):
    page = outbox.open(entry_form(), ENTRY)
    page.fill("[name=text]", "Kabel menjuntai")
    add_photo(page)
    outbox.wait_until(lambda: outbox.dump()["drafts"])
    assert "Kabel" not in str(outbox.dump())
    forget_tab(page)
    page = outbox.open(entry_form(), ENTRY)
    page.wait_for_function("document.querySelector('[name=photos]').files.length === 1")
    assert page.input_value("[name=text]") == "Kabel menjuntai"
    assert page.evaluate("document.querySelector('[name=photos]').files[0].name") == "foto.jpg"


def test_a_draft_goes_after_a_day(outbox):
    page = outbox.open(entry_form(), ENTRY)
    page.fill("[name=text]", "Kabel menjuntai")
    leave_page(page)
    outbox.wait_until(lambda: outbox.dump()["drafts"])
    later = "Date.now = ((now) => () => now() + 86400000)(Date.now);"
    page.goto("about:blank")
    outbox.open(entry_form("note"), ENTRY, before=later)
    outbox.wait_until(lambda: not outbox.dump()["drafts"])


def test_words_are_kept_before_the_picker_opens(outbox):
    page = outbox.open(entry_form(), ENTRY)
    page.fill("[name=text]", "Kabel menjuntai")
    with page.expect_file_chooser():
        page.click("[name=photos]")
    outbox.wait_until(lambda: outbox.dump()["drafts"])


def test_what_this_tab_has_kept_is_not_overwritten(outbox):
    page = outbox.open(entry_form(), ENTRY)
    page.fill("[name=text]", "Kabel")
    leave_page(page)
    page.fill("[name=text]", "Kabel menjuntai")
    page = outbox.open(entry_form(), ENTRY)
    page.wait_for_timeout(300)
    assert page.input_value("[name=text]") == "Kabel menjuntai"


def test_a_draft_that_was_sent_does_not_return(outbox):
    page = outbox.open(entry_form(), ENTRY)
    page.fill("[name=text]", "Kabel menjuntai")
    add_photo(page)
    leave_page(page)
    with page.expect_navigation():
        page.click("#entry button")
    page.wait_for_timeout(300)
    page = outbox.open(entry_form(), ENTRY)
    page.wait_for_timeout(300)
    assert page.input_value("[name=text]") == ""
    assert page.evaluate("document.querySelector('[name=photos]').files.length") == 0
    assert outbox.dump()["drafts"] == []


def test_a_sealed_form_leaves_no_draft(outbox):
    page = outbox.open(entry_form().replace("data-keep", 'data-keep="never"'), ENTRY)
    page.fill("[name=text]", "Suami memukul")
    add_photo(page)
    leave_page(page)
    assert outbox.dump()["drafts"] == []
