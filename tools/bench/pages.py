"""The pages and forms that are measured, each with the person who opens or sends it."""

import uuid
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import timedelta
from functools import partial
from typing import Any
from urllib.parse import urlencode

from django.db.models import Count
from django.http import HttpResponse
from django.urls import reverse
from django.utils import timezone

from accounts.models import User
from patrols.models import Duty
from patrols.services.duties import start_duty, start_unscheduled
from patrols.services.entries import EntryDraft, log_entry
from reports.models import Category, Hotspot, Report, Source
from reports.services.intake import ReportDraft, receive_report
from reports.views.code_cookie import remember_code
from reports.workflow import ReportState
from territory.models import Unit
from tools.bench.scale_reports import RARE_WORD
from tools.bench.scale_units import QUIET_CHIEF, sleeping_sector
from tools.demo.accounts import PASAR_JAMBI, TAMBORA
from tools.demo.reports import TRACKED_CODE

FREQUENT_WORD = "motor"
# Where the forms are sent: in another Polda than those whose pages are measured, which would grow
# with each run.
FORM_UNIT, FORM_OFFICER, FORM_VILLAGE = PASAR_JAMBI, "bhabin.pasarjambi", "Orang Kayo Hitam"


@dataclass(frozen=True)
class Call:
    """One request: a GET, or a POST where there are `fields`."""

    path: str
    fields: dict[str, str] = field(default_factory=dict)
    headers: dict[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class Page:
    """`calls(n)` prepares n requests before they are measured. `user` is None for a citizen.

    `budget` is the highest allowed ratio to the floor, None for no limit. `answers` is the status
    of the response.
    """

    name: str
    calls: Callable[[int], list[Call]]
    user: User | None = None
    budget: float | None = None
    answers: int = 200
    cookies: dict[str, str] = field(default_factory=dict)


def page(
    name: str,
    path: str,
    user: User | None = None,
    budget: float | None = None,
    cookies: dict[str, str] | None = None,
    **query: Any,
) -> Page:
    """A page with the same GET each time."""
    call = Call(f"{path}?{urlencode(query)}" if query else path)
    return Page(name, lambda count: [call] * count, user, budget, cookies=cookies or {})


def pages() -> Iterator[Page]:
    """Every measured page: of the demo's Polsek Tambora, of Polda Metro Jaya, of the whole country.
    The duty is the one of Tambora with most entries."""
    yield from report_pages()
    yield from form_pages()
    officer = User.objects.get(username="bhabin.tambora")
    commander = User.objects.get(username="kapolsek.tambora")
    chief = User.objects.get(username="kapolda.metro")
    admin = User.objects.get(username="admin")
    duty = Duty.objects.in_scope(commander).order_by("-entry_count", "-pk")[:1].get()
    yield page("tonight, Polsek", reverse("patrols:tonight"), commander, 8)
    yield page("tonight, Polda", reverse("patrols:tonight"), chief)
    yield page("my day", reverse("patrols:my_day"), officer, 6)
    yield page("duty", reverse("patrols:duty_detail", args=[duty.pk]), officer)
    yield page("roll call", reverse("patrols:duty_rollcall", args=[duty.pk]), officer)
    yield page("duty log", reverse("patrols:duty_log", args=[duty.pk]), officer)
    yield page("nights ahead", reverse("patrols:night_list"), commander)
    crowded = _crowded_polres(chief)
    yield page("nights ahead, Polres", reverse("patrols:night_list"), chief, unit=crowded.pk)
    yield page("roster of a week, Polres", reverse("patrols:week_print"), chief, unit=crowded.pk)
    yield page("roster of a week, Polsek", reverse("patrols:week_print"), commander)
    yield page("swaps", reverse("patrols:swap_list"), commander)
    yield page("duties, Polsek", reverse("patrols:duty_list"), commander)
    yield page("duties, Polda", reverse("patrols:duty_list"), chief)
    yield page("schedules", reverse("patrols:schedule_list"), commander)
    yield page("hotspots", reverse("patrols:hotspot_list"), commander)
    yield page("hotspot, Polda", _hotspot_path(chief), chief)
    yield page("map of a unit", reverse("patrols:unit_map", args=[commander.unit_id]), commander)
    yield page("partner groups", reverse("partners:group_list"), commander)
    yield page("admin: log entries", reverse("admin:patrols_logentry_changelist"), admin)
    yield page("admin: duties", reverse("admin:patrols_duty_changelist"), admin)
    yield page("admin: reports", reverse("admin:reports_report_changelist"), admin)


def report_pages() -> Iterator[Page]:
    """The list of reports with each filter, a report, and a citizen's pages."""
    officer = User.objects.get(username="bhabin.tambora")
    chief = User.objects.get(username="kapolda.metro")
    quiet = User.objects.get(username=QUIET_CHIEF)
    admin = User.objects.get(username="admin")
    rows = reverse("reports:report_list")
    today = timezone.localdate()
    month: dict[str, Any] = {"since": today - timedelta(days=30), "until": today}
    sector = Unit.objects.get(code=TAMBORA)
    busy = _busiest(chief)
    asleep = sleeping_sector()
    yield page("reports, Polda", rows, chief, 5)
    yield page("reports, whole country", rows, admin, 5)
    yield page("reports, Polsek", rows, officer, 5)
    yield page(
        "reports, unit + category + 30 days", rows, chief, 5,
        unit=busy.pk, category="vehicle_theft", **month,
    )  # fmt: skip
    yield page(
        "reports, Polda + rare category + 30 days", rows, chief, 5, category="terrorism", **month
    )
    yield page("reports, open", rows, chief, 5, state="open")
    yield page("reports, late", rows, chief, 6, state="overdue")
    yield page("reports, resolved", rows, chief, 5, state=ReportState.RESOLVED)
    yield page(
        "reports, state + category", rows, admin, 5, state=ReportState.REJECTED, category="brawl"
    )
    yield page("reports, unit silent for two years", rows, chief, 5, unit=asleep.pk)
    yield page("reports, silent unit + 30 days", rows, chief, 5, unit=asleep.pk, **month)
    yield page("reports, quiet Polda", rows, quiet, 5)
    yield page("reports, quiet Polda, rejected", rows, quiet, 5, state=ReportState.REJECTED)
    yield page("reports, page in the middle", rows, chief, 5, page=_middle(chief))
    yield page("reports, search: rare word", rows, chief, 8, q=RARE_WORD)
    yield page("reports, search: frequent word", rows, chief, 8, q=FREQUENT_WORD)
    yield page("reports, search: frequent, whole country", rows, admin, 8, q=FREQUENT_WORD)
    yield page("reports, search: quiet Polda", rows, quiet, 8, q=FREQUENT_WORD)
    yield page(
        "report", reverse("reports:report_detail", args=[_closed_report(sector)]), officer, 3.5
    )
    yield page("home", reverse("home"))
    yield page("report form", reverse("reports:report_send"))
    yield page("track", reverse("reports:report_track"), cookies=_code_cookie())


def form_pages() -> Iterator[Page]:
    officer = User.objects.get(username=FORM_OFFICER)
    yield Page("report sent by a citizen", send_calls, budget=2.5, answers=303)
    yield Page("report verified", _verify_calls, officer, budget=3, answers=302)
    yield Page("category chosen", _choose_calls, answers=303)
    yield Page("entry sent again by a phone", _resend_calls, officer, budget=3)


def send_calls(count: int) -> list[Call]:
    """A citizen's form, filled in: each call makes another report."""
    path = reverse("reports:report_fill")
    return [
        Call(
            path,
            {
                "step": "send",
                "category": "noise_dispute",
                "client_uuid": str(uuid.uuid4()),
                "shown_at": timezone.now().isoformat(),
                "text": f"Tetangga karaoke sampai larut, sudah ditegur. Rumah nomor {number}.",
                "village_name": FORM_VILLAGE,
                "place": f"RT 003/RW 05 nomor {number}",
                "when": "now",
                "privacy": "anonymous",
            },
        )
        for number in range(count)
    ]


def _choose_calls(count: int) -> list[Call]:
    fields = {"step": "choose", "category": "noise_dispute"}
    return [Call(reverse("reports:report_send"), fields)] * count


def _verify_calls(count: int) -> list[Call]:
    """Makes a new report for each call, which verifies it."""
    unit = Unit.objects.get(code=FORM_UNIT)
    category = Category.objects.get(code="noise_dispute")
    made = [
        receive_report(draft=ReportDraft(category=category, text="Musik keras.", home=unit))[0]
        for _ in range(count)
    ]
    return [
        Call(reverse("reports:report_verify", args=[report.pk]), {"seen": report.stamp})
        for report in made
    ]


def _resend_calls(count: int) -> list[Call]:
    """The same entry each time, which is stored before."""
    officer = User.objects.get(username=FORM_OFFICER)
    unit = Unit.objects.get(code=FORM_UNIT)
    start = partial(start_duty, despite=True)
    duty = start_unscheduled(unit=unit, by=officer, name="Ronda", start=start)
    draft = EntryDraft(kind="observation", text="Situasi aman", device_at=timezone.now())
    log_entry(duty=duty, by=officer, draft=draft)
    fields = {
        "kind": draft.kind,
        "text": draft.text,
        "client_uuid": str(draft.client_uuid),
        "device_at": draft.device_at.isoformat() if draft.device_at else "",
    }
    path = reverse("patrols:entry_add", args=[duty.pk])
    return [Call(path, fields, {"X-Outbox": str(officer.pk)})] * count


def _code_cookie() -> dict[str, str]:
    """The cookie of a browser in which somebody has typed the code of a report."""
    response = HttpResponse()
    remember_code(response, TRACKED_CODE)
    return {name: morsel.value for name, morsel in response.cookies.items()}


def _busiest(chief: User) -> Unit:
    """The Polsek with most reports in the last 90 days."""
    sectors = Unit.objects.visible_to(chief).filter(kind="polsek", code__startswith="contoh-")
    lately = timezone.now() - timedelta(days=90)
    return max(
        sectors,
        key=lambda unit: Report.objects.filter(polsek=unit, reported_at__gte=lately).count(),
    )


def _crowded_polres(chief: User) -> Unit:
    """The Polres with most Polsek below it, each of which has two duties a night."""
    found = Unit.objects.visible_to(chief).filter(kind="polres")
    return found.annotate(polseks=Count("children")).order_by("-polseks", "pk")[:1].get()


def _hotspot_path(chief: User) -> str:
    """The page of a hotspot where the busiest Polsek has most of its reports."""
    unit = _busiest(chief)
    reports = Report.objects.filter(unit=unit, h3_cell__isnull=False).order_by("-reported_at")
    spot = reports.values("lat", "lon")[:1].get()
    hotspot, _is_new = Hotspot.objects.get_or_create(
        unit=unit, name="Titik rawan uji (contoh)", defaults={**spot, "radius_m": 300}
    )
    return reverse("patrols:hotspot_detail", args=[hotspot.pk])


def _middle(user: User) -> str:
    """The cursor of the page in the middle of the list."""
    rows = Report.objects.in_scope(user).order_by("-reported_at", "-id")
    row = rows.only("id", "reported_at")[rows.count() // 2]
    return f"<{row.reported_at.isoformat()}~{row.pk}"


def _closed_report(sector: Unit) -> int:
    """The id of a report of the demo with a timeline of the usual length."""
    row = (
        Report.objects.filter(unit=sector, state=ReportState.CLOSED, is_sealed=False)
        .filter(arrived_at__isnull=False, h3_cell__isnull=False, source=Source.WEB)
        .order_by("-reported_at")
        .only("id")[:1]
        .get()
    )
    return row.pk
