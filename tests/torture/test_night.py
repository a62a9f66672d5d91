"""A night without a signal, or with a weak one, as an officer lives it on a phone.

The script keeps its own list of what was written and when; the log must say the same.
"""

import re
import uuid
from contextlib import contextmanager
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from django.contrib.sessions.models import Session
from django.urls import reverse

from patrols.models import Attendance, Duty, EntryKind, EntryPhoto, LogEntry, Mark
from patrols.workflow import DutyState
from reports.models import Report
from tests import factories as make
from tests.browser.phone import expect_page, fits_phone
from tests.pictures import jpeg
from tests.torture import size
from tests.torture.phone import ask
from tests.two_people import client_of, words_of
from toolkit.idempotency.sent import LATE_AFTER

pytestmark = pytest.mark.browser

ENTRIES, PHOTOS = size(40, 8), size(10, 2)
WIB = ZoneInfo("Asia/Jakarta")
KINDS = ("observation", "contact", "warning", "finding", "note", "pause")
HOURS = {"apel": "22.00", "starts": "22.15", "ends": "04.00"}
# Of what a page waits for under a weak signal, whose answers come after 2 s instead of 20.
PACE = 0.1
DELAY = 20 * PACE
PATIENCE = "const PATIENCE = 3000;"
NIL = "Nihil, situasi aman dan kondusif"
SLACK = timedelta(minutes=2)  # a step of the script takes its time
# Of ten entries the first three take one tap. Photos are spread over the others.
TYPED = [number for number in range(ENTRIES) if number % 10 > 2]
WITH_PHOTO = {TYPED[number * len(TYPED) // PHOTOS] for number in range(PHOTOS)}


class Night:
    """The script: moves the clocks, works the phone, and remembers what must be stored."""

    def __init__(self, phone, signal, clock, way):
        self.phone, self.signal, self.clock, self.way = phone, signal, clock, way
        self.evening = datetime.now(WIB).replace(hour=0, minute=0, second=0, microsecond=0)
        self.written, self.photos, self.of_colleague = [], 0, []

    @property
    def page(self):
        return self.phone.page

    def time(self, hour):
        """«22.10» of this night."""
        hours, minutes = map(int, hour.split("."))
        return self.evening + timedelta(days=hours < 12, hours=hours, minutes=minutes)

    def move_to(self, moment):
        moment = self.time(moment) if isinstance(moment, str) else moment
        self.clock.move_to(moment, tick=True)
        self.now = moment
        real = ask(self.page, "(performance.timeOrigin + performance.now()) / 1000")
        self.phone.set_clock(moment.timestamp() - real)

    def cut(self):
        self.signal.state = self.way
        self.phone.context.set_offline(self.way == "none")

    def path(self, name, *args):
        return reverse(f"patrols:{name}", args=[self.key, *args])

    def note(self, kind, text="", photos=0, **facts):
        row = {"duty": str(self.key), "kind": kind, "text": text, "at": self.now}
        self.written.append(row | {"photos": photos} | facts)

    @contextmanager
    def leads_to_duty(self):
        with expect_page(self.page, self.path("duty_detail")):
            yield

    def tap(self, name, button="button:visible"):
        with self.leads_to_duty():
            self.page.locator(f'form[action="{self.path(name)}"] {button}').first.click()

    def nil(self):
        self.note("observation", NIL)
        self.tap("duty_nil")

    def check_in(self, number):
        point = self.duty.route.checkpoints.get(order=number)
        self.note("check_in", checkpoint=point.pk)
        here = {"latitude": point.lat, "longitude": point.lon, "accuracy": 8}
        self.phone.context.set_geolocation(here)
        details = self.page.locator("section.lead details:not([open]) summary")
        if details.count():
            details.first.click()
        form = f'form[action="{self.path("check_in")}"]:has([name=checkpoint][value="{point.pk}"])'
        with self.leads_to_duty():
            self.page.locator(f"{form} button:visible").first.click()

    def leave(self):
        self.tap("checkpoint_leave")

    def write(self, kind, text, photos=0):
        self.note(kind, text, photos)
        with expect_page(self.page, self.path("entry_add")):
            self.page.click(f'main a[href="{self.path("entry_add")}?kind={kind}"]:visible')
        assert fits_phone(self.page)
        self.page.fill("[name=text]", text)
        if photos:
            files = [self.picture() for _turn in range(photos)]
            self.page.set_input_files("[name=photos]", files)
        if kind == "finding":
            self.page.check("[name=make_report]")
        with self.leads_to_duty():
            self.page.click("form[data-keep] .act .main")

    def picture(self):
        self.photos += 1
        data = jpeg((600 + self.photos, 400)).read()
        return {"name": "foto.jpg", "mimeType": "image/jpeg", "buffer": data}

    def begin(self, name):
        """Begins a patrol on the spot; what follows is written there."""
        self.phone.go(reverse("patrols:my_day"))
        begin = reverse("patrols:duty_begin")
        with expect_page(self.page, begin):
            self.page.click(f'main a[href="{begin}"]')
        self.page.fill("[name=name]", name)
        with expect_page(self.page, None):
            self.page.click("form[data-keep] .main >> nth=0")
        self.key = re.search(r"duties/([^/]+)/", self.page.url)[1]
        self.note("start")

    def end(self, summary):
        with expect_page(self.page, self.path("duty_end")):
            self.page.click(f'main a[href="{self.path("duty_end")}"]:visible')
        self.page.fill("[name=summary]", summary)
        with expect_page(self.page):
            self.page.click("form[data-keep] .main")
        self.note("end")

    def colleague_writes(self, text, **facts):
        """On another phone without a signal."""
        self.note("observation", text, **facts)
        self.of_colleague.append(
            {
                "kind": "observation",
                "text": text,
                "client_uuid": str(uuid.uuid4()),
                "device_at": self.now.isoformat(),
            }
        )

    def colleague_sends(self, colleague):
        path = reverse("patrols:entry_add", args=[self.duty.pk])
        for fields in self.of_colleague:
            sent = {**fields, "sent_at": self.now.isoformat()}
            assert send_as(colleague, path, sent).status_code == 201

    def unsent(self):
        """What the badge says, once it counts what the phone holds."""
        wanted = self.phone.count()
        if wanted:
            self.page.wait_for_selector(f"[data-unsent] [data-n]:has-text('{wanted}')")
        return wanted


def send_as(person, path, fields):
    """As the outbox of this person's phone."""
    return client_of(person).post(path, fields, headers={"X-Outbox": str(person.pk)})


@pytest.fixture
def people(units, officer, group):
    """With the officer who leads, fourteen."""
    others = [make.make_user(f"Bhabin {n}", units.polsek, "officer") for n in range(4)]
    members = [make.make_member(group, f"Warga {n}") for n in range(9)]
    return [officer, *others], members


@pytest.fixture
def night(request, time_machine, units, people, make_phone, signal, settings, tmp_path, worker):
    settings.MEDIA_ROOT = tmp_path / "media"
    make.make_category("other")
    way = request.param
    pace = PACE if way == "weak" else 1
    phone = make_phone(pace=pace, permissions=["geolocation"])
    night = Night(phone, signal, time_machine, way)
    time_machine.move_to(night.time("21.50"), tick=True)
    officers, members = people
    route = make.make_route(units.polsek, "Rute A", checkpoints=3)
    times = {f"{name}_at": night.time(at) for name, at in HOURS.items()}
    duty = make.make_duty(units.polsek, "Patroli A", route=route, leader=officers[0], **times)
    for officer in officers:
        make.make_attendance(duty, officer=officer)
    for member in members:
        make.make_attendance(duty, member=member)
    night.duty, night.key = duty, duty.pk
    if way == "weak":
        signal.delay = DELAY
        # The worker has a clock of its own.
        script = worker.read_text()
        assert PATIENCE in script
        worker.write_text(script.replace(PATIENCE, f"const PATIENCE = {3000 * PACE:.0f};"))
    return night


def roll_call(night, members):
    page = night.page
    with expect_page(page, night.path("duty_rollcall")):
        page.click(f'main a[href="{night.path("duty_rollcall")}"]:visible')
    late = Attendance.objects.get(duty=night.duty, member=members[0])
    mark(page, late, "late")
    page.click(f'form[action="{night.path("attendance_all")}"] button')
    page.wait_for_selector("#roll li:not(:has([aria-pressed=true]))", state="detached")
    page.wait_for_selector("[data-unsent]", state="hidden")
    page.wait_for_load_state("networkidle")
    with night.leads_to_duty():
        page.click(".act a")


def mark(page, row, status):
    page.click(f"#row-{row.pk} button[value={status}]")
    page.wait_for_selector(f"#row-{row.pk} button[value={status}][aria-pressed=true]")


def mark_without_signal(night, status, *members):
    """Some go home in the night."""
    page = night.page
    with expect_page(page, night.path("duty_rollcall")):
        page.click(f'main a[href="{night.path("duty_rollcall")}"]:visible')
    for member in members:
        mark(page, Attendance.objects.get(duty=night.duty, member=member), status)
    page.wait_for_selector("[data-mark]")
    with night.leads_to_duty():
        page.click(".act a")


def mark_as_colleague(night, colleague, member, status):
    """With a signal: this mark arrives before one that was made earlier."""
    row = Attendance.objects.get(duty=night.duty, member=member)
    now = night.now.isoformat()
    fields = {"client_uuid": str(uuid.uuid4()), "device_at": now, "sent_at": now}
    path = reverse("patrols:attendance_mark", args=[row.pk])
    assert send_as(colleague, path, {**fields, "status": status}).status_code == 201


def write_through(night, first, last, begins, ends):
    """Entries of all kinds, spread over these hours."""
    begins, ends = night.time(begins), night.time(ends)
    for number in range(first, last):
        night.move_to(begins + (ends - begins) * (number - first) / (last - first))
        if number % 10 == 0:
            night.nil()
        elif number % 10 == 1:
            night.check_in(1 + number // 10 % 3)
        elif number % 10 == 2:
            night.nil()
            night.leave()
        else:
            night.write(KINDS[number % 6], f"Catatan {number}", int(number in WITH_PHOTO))


@pytest.mark.parametrize("night", ["none", "weak"], indirect=True)
def test_nothing_of_a_night_is_lost_doubled_or_waited_for(
    night, people, officer, commander, units, deploy
):
    phone, (officers, members) = night.phone, people
    colleague = officers[1]
    # 22.00, with a signal
    phone.sign_in(officer)
    night.move_to("21.52")
    phone.wait_until_ready()
    night.move_to("22.00")
    with night.leads_to_duty():
        night.page.click(f'main a[href="{night.path("duty_detail")}"]:visible >> nth=0')
    roll_call(night, members)
    night.move_to("22.05")
    night.note("start")
    night.tap("duty_start")
    phone.wait_until_sent()
    # 22.10: it goes
    night.move_to("22.10")
    night.cut()
    half = ENTRIES // 2
    write_through(night, 0, half, "22.12", "00.15")
    night.move_to("00.20")
    mark_without_signal(night, "excused", *members[1:3])
    if night.way == "none":
        assert not night.duty.entries.filter(at__gt=night.time("22.10")).exists()
        board = client_of(commander).get(reverse("patrols:tonight"))
        assert board.context["figures"].silent == 1
    # 00.30: the browser is killed
    before = night.unsent() if night.way == "none" else None
    phone.kill()
    phone.open()
    phone.context.set_offline(night.way == "none")
    phone.go(night.path("duty_detail"))
    night.move_to("00.31")
    assert before in (None, night.unsent())
    night.move_to("01.00")
    night.write("handover", "Pos diserahkan kepada regu berikut")
    night.move_to("02.00")
    Session.objects.all().delete()
    mark_as_colleague(night, colleague, members[2], "absent")
    write_through(night, half, ENTRIES - 2, "02.01", "02.59")
    night.move_to("03.00")
    night.colleague_writes("Portal ditutup")
    deploy()
    write_through(night, ENTRIES - 2, ENTRIES, "03.01", "03.20")
    night.move_to("03.30")
    night.end("Malam tenang")
    night.move_to("03.39")
    night.colleague_writes("Pos sudah kosong", marks=[Mark.AFTER_END])
    night.move_to("03.40")
    night.begin("Ronda sendiri")
    night.move_to("03.50")
    night.nil()
    night.move_to("04.00")
    night.write("observation", "Warung masih buka", photos=1)
    # 04.30: it comes back
    night.move_to("04.30")
    night.signal.state = "good"
    phone.context.set_offline(False)
    phone.sign_in(officer)
    night.move_to("04.31")
    phone.wait_until_sent()
    night.page.wait_for_selector("[data-unsent]", state="hidden")
    night.colleague_sends(colleague)
    assert phone.errors == []
    check_stored(night, members)
    check_shown(night, commander)


def check_stored(night, members):
    begun = Duty.objects.exclude(pk=night.duty.pk).get()
    night.duty.refresh_from_db()
    duties = {str(night.duty.pk): night.duty, str(begun.client_uuid): begun}
    for key, duty in duties.items():
        wanted = [row for row in night.written if row["duty"] == key]
        stored = list(LogEntry.objects.filter(duty=duty).order_by("at", "pk"))
        assert [(one.kind, one.text) for one in stored if one.kind != "end"] == [
            (row["kind"], row["text"]) for row in wanted if row["kind"] != "end"
        ]
        for one, row in zip(stored, wanted, strict=True):
            assert timedelta(0) <= one.at - row["at"] < SLACK, (row, one.at)
            is_late = one.received_at - one.at > LATE_AFTER
            marks = row.get("marks", []) + ([Mark.LATE] if is_late else [])
            assert one.marks == marks, (row, one.marks)
            photos = EntryPhoto.objects.filter(entry=one)
            assert (photos.count(), one.photos_to_come) == (row["photos"], row["photos"])
            assert one.checkpoint_id == row.get("checkpoint")
    assert EntryPhoto.objects.count() == night.photos
    findings = [row for row in night.written if row["kind"] == "finding"]
    assert Report.objects.count() == len(findings)
    states = (night.duty.state, night.duty.summary, begun.state, begun.name)
    assert states == (DutyState.ENDED, "Malam tenang", DutyState.RUNNING, "Ronda sendiri")
    assert timedelta(0) <= night.duty.ended_at - night.time("03.30") < SLACK
    roll = {row.person_name: row.status for row in Attendance.objects.filter(duty=night.duty)}
    assert len(roll) == 14
    marked = [roll.pop(f"Warga {number}") for number in range(3)]
    assert marked == ["late", "excused", "absent"]
    assert set(roll.values()) == {"present"}
    stays = LogEntry.objects.filter(duty=night.duty, kind=EntryKind.CHECK_IN)
    assert all(stay.left_at and stay.left_at > stay.at for stay in stays)


def check_shown(night, commander):
    client = client_of(commander)
    assert client.get(reverse("patrols:tonight")).context["figures"].silent == 0
    for name in ("duty_log", "duty_review"):
        words = words_of(client.get(reverse(f"patrols:{name}", args=[night.duty.pk])))
        for row in night.written:
            if row["duty"] == str(night.duty.pk) and row["text"]:
                assert row["text"] in words, (name, row)
