"""One phone in the hands of several people, with several tabs, no room, or a wrong clock."""

from datetime import timedelta

import pytest
from django.contrib.sessions.models import Session
from django.urls import reverse
from django.utils import timezone

from patrols.models import LogEntry, Mark
from tests import factories as make
from tests.browser.phone import expect_page
from tests.torture import size
from tests.two_people import client_of

pytestmark = pytest.mark.browser

COPIES = """async () => {
  const found = [];
  for (const name of await caches.keys()) {
    for (const { url } of await (await caches.open(name)).keys()) found.push(url);
  }
  return found;
}"""
# As where there is no room: what is added takes the whole transaction back.
FULL = """() => {
  const add = IDBObjectStore.prototype.add;
  IDBObjectStore.prototype.add = function (...row) {
    const request = add.apply(this, row);
    this.transaction.abort();
    return request;
  };
}"""
DAY, YEAR, NEARLY_RIGHT = timedelta(days=1), timedelta(days=365), timedelta(minutes=4)
TO_1970 = -timedelta(days=56 * 365.25)
CLOCKS = size([DAY, -DAY, YEAR, -YEAR, TO_1970, NEARLY_RIGHT, -NEARLY_RIGHT], [-DAY, TO_1970])
WAIT = timedelta(minutes=40)
# Pages begin to keep copies sooner.
PACE = 0.3


@pytest.fixture
def on_duty(make_phone, signal, officer, running_duty):
    """``on_duty()`` gives a phone on the duty's page, signed in and without a signal."""

    def opened():
        phone = make_phone(pace=PACE)
        phone.sign_in(officer)
        phone.wait_until_ready()
        cut(phone, signal)
        phone.go(reverse("patrols:duty_detail", args=[running_duty.pk]))
        return phone

    return opened


def cut(phone, signal):
    signal.state = "none"
    phone.context.set_offline(True)


def restore(phone, signal):
    signal.state = "good"
    phone.context.set_offline(False)


def nil(page, duty, times=1):
    for _turn in range(times):
        with expect_page(page, reverse("patrols:duty_detail", args=[duty.pk])):
            page.click(
                f'form[action="{reverse("patrols:duty_nil", args=[duty.pk])}"] button:visible'
            )


def sign_out(phone):
    phone.go(reverse("account_logout"))
    page = phone.page
    assert page.is_visible("form[data-sign-out] .notice")
    with expect_page(page):
        page.click("form[data-sign-out] .main")


def nils(duty):
    return LogEntry.objects.filter(duty=duty, text__startswith="Nihil")


def sent(signal, name):
    """By whom each item of this name was sent."""
    return [who for path, who, _status in signal.posts if path.endswith(f"/{name}/") and who]


def test_two_tabs_send_each_item_once(on_duty, signal, running_duty):
    phone = on_duty()
    count = size(30, 6)
    nil(phone.page, running_duty, count)
    tabs = [phone.page, phone.context.new_page()]
    tabs[1].goto(phone.page.url)
    restore(phone, signal)
    for page in tabs:
        # Not at once: what the second finds must not be what it remembers.
        page.evaluate("void Promise.resolve().then(() => dispatchEvent(new Event('online')))")
    phone.wait_until_sent()
    assert nils(running_duty).count() == count
    assert len(sent(signal, "nil")) == count
    for page in tabs:
        # Without a reload: a copy of the duty loads itself anew, which would cut ours off.
        page.wait_for_selector("[data-unsent]", state="hidden")


def test_an_item_that_is_refused_holds_none_up(on_duty, signal, running_duty):
    phone = on_duty()
    refused = [400, 403, 404, 405, 413]
    nil(phone.page, running_duty, len(refused) + 1)
    signal.refusals += [503, *refused]
    restore(phone, signal)
    # Another time: what was written after it waits too.
    phone.wait_until(lambda: signal.refusals == refused)
    phone.page.wait_for_timeout(500)
    assert (signal.refusals, phone.count()) == (refused, len(refused) + 1)
    # Never: the others go at once.
    phone.page.evaluate("dispatchEvent(new Event('online'))")
    phone.wait_until(nils(running_duty).exists, patience=15)
    phone.wait_until(lambda: phone.count() == len(refused))
    assert nils(running_duty).count() == 1
    assert ["refused" in item for item in phone.dump()["items"]] == [True] * len(refused)


def test_what_a_full_phone_cannot_keep_stays_in_the_form(on_duty, signal, running_duty):
    phone = on_duty()
    page = phone.page
    with expect_page(page):
        page.click('a[href$="?kind=observation"]:visible')
    page.evaluate(FULL)
    page.fill("[name=text]", "Portal RW rusak")
    page.click("form[data-keep] .act .main")
    page.wait_for_selector("form [data-told].danger")
    assert page.input_value("[name=text]") == "Portal RW rusak"
    # With a signal it goes all the same.
    restore(phone, signal)
    with expect_page(page, reverse("patrols:duty_detail", args=[running_duty.pk])):
        page.click("form[data-keep] .act .main")
    assert LogEntry.objects.get(duty=running_duty, kind="observation").text == "Portal RW rusak"


def test_the_next_person_sees_sends_and_wipes_nothing(
    on_duty, signal, officer, operator, running_duty
):
    phone = on_duty()
    first = phone.page
    nil(first, running_duty)
    Session.objects.all().delete()
    restore(phone, signal)
    page = phone.page = phone.context.new_page()
    phone.sign_in(operator, reverse("accounts:outbox_list"))
    page.wait_for_selector("[data-none]:visible")
    # A page of the first is still open, and asks who is signed in.
    with first.expect_response(f"**{reverse('accounts:outbox_me')}"):
        first.evaluate("dispatchEvent(new Event('online'))")
    nil(first, running_duty)
    first.close()
    items = phone.dump()["items"]
    assert len(items) == 2
    assert not page.locator("#unsent [data-items] li").count()
    assert not page.is_visible("[data-unsent]")
    # Where the server is asked in the name of the first, it refuses.
    form = {"client_uuid": "0b7a6c57-2f65-4d7c-8f1a-7a7d5cf1e111"}
    path = reverse("patrols:duty_nil", args=[running_duty.pk])
    answer = client_of(operator).post(path, form, headers={"X-Outbox": str(officer.pk)})
    assert answer.status_code == 401
    # What the next one writes goes.
    phone.go(reverse("patrols:duty_detail", args=[running_duty.pk]))
    nil(page, running_duty)
    phone.wait_until(lambda: phone.dump()["items"] == items)
    assert sent(signal, "nil") == [str(operator.pk)]
    assert [entry.author for entry in nils(running_duty)] == [operator]
    sign_out_without_items(phone)
    # The first one's are still there.
    phone.sign_in(officer)
    phone.wait_until_sent()
    assert sorted(entry.author_id for entry in nils(running_duty)) == sorted(
        [officer.pk, officer.pk, operator.pk]
    )


def sign_out_without_items(phone):
    phone.go(reverse("account_logout"))
    with expect_page(phone.page):
        phone.page.click("form[data-sign-out] .main")


def test_a_citizen_who_leaves_quickly_leaves_the_officers_queue(
    on_duty, signal, officer, running_duty
):
    make.make_category("domestic_violence")
    phone = on_duty()
    page = phone.page
    nil(page, running_duty, 2)
    items = phone.dump()["items"]
    Session.objects.all().delete()
    restore(phone, signal)
    signal.swallowed.append("/nil/")
    phone.go(reverse("reports:report_fill"))
    with page.expect_request("https://www.bmkg.go.id/"):
        page.click("[data-exit] button", no_wait_after=True)
    page.wait_for_timeout(300)
    signal.swallowed.clear()
    phone.go(reverse("account_login"))
    assert phone.dump()["items"] == items
    phone.sign_in(officer)
    phone.wait_until_sent()
    assert nils(running_duty).count() == 2


def test_a_new_build_takes_no_page_away(on_duty, signal, running_duty, deploy):
    phone = on_duty()
    page = phone.page
    before = set(page.evaluate(COPIES))
    deploy()
    restore(phone, signal)
    # The new copies do not arrive.
    signal.swallowed.append("/duties/")
    phone.go(reverse("patrols:my_day"))
    page.evaluate("globalThis.first = navigator.serviceWorker.controller")

    def is_new():
        """Whether the new worker has taken over, once it has been asked to."""
        page.evaluate("dispatchEvent(new Event('outbox'))")
        page.wait_for_timeout(800)
        return page.evaluate("navigator.serviceWorker.controller !== first")

    phone.wait_until(is_new)
    page.wait_for_selector("[data-ready]:has-text('Belum siap')")
    assert before <= set(page.evaluate(COPIES))
    cut(phone, signal)
    phone.go(reverse("patrols:duty_detail", args=[running_duty.pk]))
    nil(page, running_duty)
    assert phone.count() == 1


def test_what_is_unsent_at_sign_out_waits_for_its_owner(on_duty, signal, officer, running_duty):
    phone = on_duty()
    page = phone.page
    nil(page, running_duty, 2)
    signal.swallowed.append("/nil/")
    restore(phone, signal)
    sign_out(phone)
    phone.go(reverse("account_login"))
    kept = phone.dump()
    assert (len(kept["items"]), kept["keys"]) == (2, [])
    assert page.evaluate(COPIES) == []
    assert not any("Nihil" in item for item in kept["items"])
    signal.swallowed.clear()
    phone.sign_in(officer)
    phone.wait_until_sent()
    assert nils(running_duty).count() == 2


def test_a_wrong_clock_changes_no_time(on_duty, signal, running_duty, time_machine):
    phone = on_duty()
    for error in CLOCKS:
        now = timezone.now()
        ahead = now - real_time(phone) + error
        phone.set_clock(ahead.total_seconds())
        nil(phone.page, running_duty)
        time_machine.move_to(now + WAIT, tick=True)
        phone.set_clock((ahead + WAIT).total_seconds())
        restore(phone, signal)
        phone.wait_until_sent()
        entry = nils(running_duty).latest("received_at")
        assert abs(entry.at - now) < timedelta(minutes=1 if abs(error) > DAY / 2 else 5), error
        assert entry.received_at - entry.at > timedelta(minutes=30)
        is_off = abs(error) > timedelta(minutes=5)
        assert entry.marks == ([Mark.CLOCK_OFF] if is_off else []) + [Mark.LATE], error
        cut(phone, signal)
    assert nils(running_duty).count() == len(CLOCKS)
    assert not [entry for entry in running_duty.entries.all() if entry.received_at < entry.at]


def real_time(phone):
    """Of this machine, which the phone's pages do not see."""
    seconds = phone.page.evaluate("(performance.timeOrigin + performance.now()) / 1000")
    return timezone.datetime.fromtimestamp(seconds, tz=timezone.get_default_timezone())
