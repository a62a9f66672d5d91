"""Odd words in every field of every page of reports: an answer each time, never a failure."""

import random
from urllib.parse import urlencode

import pytest
from django.urls import reverse

from reports.forms.public import ReportForm
from reports.models import Report
from tests import factories as make
from tests.test_access import TABLE, close_file, make_rows_of, path_of

ODD = [
    "",
    " ",
    "\x00",
    "a\x00b",
    "\ud800",
    "\u202e\u200f",
    "💥" * 50,
    "x" * 5000,
    "-1",
    "0",
    "9" * 30,
    "1e308",
    "-1e308",
    "nan",
    "inf",
    "-0.0",
    "106.8",
    "None",
    "null",
    "[]",
    "{}",
    "%",
    "%s",
    "_",
    "\\",
    "'\"--",
    "<script>alert(1)</script>",
    "{{ report.code }}",
    "../../etc/passwd",
    "0001-01-01",
    "9999-12-31",
    "2026-02-30",
    "24:00",
    "00:00",
    "LK-000001",
    "LW-0000-0000-0000",
    "__class__",
    "id__gt",
    "on",
    "true",
]
WORST = ["\x00", "\ud800", "x" * 5000, "9" * 30, "1e308", "nan", "inf", "0001-01-01", "9999-12-31"]
WORST += ["24:00", "00:00", "__class__"]
QUERIES = [
    *("q", "state", "category", "since", "until", "village", "area", "assignee", "source", "unit"),
    *("page", "find", "purpose", "residents", "download", "next", "o", "code", "into", "seen"),
]
FIELDS = [
    *ReportForm.base_fields,
    *("step", "category", "code", "rate-rating", "rate-text", "reason", "outcome", "lp_number"),
    *("into", "agency", "state", "assignee", "unit", "is_public", "is_sealed", "priority", "seen"),
    *("find", "words", "source", "purpose", "details", "village_name", "reported_at", "title"),
]
# Not the quick exit, which signs people out.
PAGES = [name for name in TABLE if name.startswith("reports:") and "leave" not in name]


@pytest.fixture
def rows(units, officer, volunteer, settings, tmp_path):
    settings.MEDIA_ROOT = tmp_path
    make.make_category("other")
    return make_rows_of(units.polsek, officer, "kenari-a", volunteer.membership)


def encoded(sent):
    """As bytes of a form, half a character too."""
    return urlencode(sent, errors="surrogatepass")


def post(client, path, sent):
    return client.post(path, encoded(sent), content_type="application/x-www-form-urlencoded")


def fuzz(client, rows, seed, rounds):
    draw = random.Random(seed)
    failures = []
    for name in PAGES:
        method, key, *_rest = TABLE[name]
        path = path_of(name, rows, key)
        for number in range(rounds):
            asked = {draw.choice(QUERIES): draw.choice(ODD) for _ in range(draw.randint(0, 3))}
            some = draw.sample(FIELDS, draw.randint(1, len(FIELDS)))
            sent = {field: draw.choice(ODD) for field in some}
            if name == "reports:report_send" and number % 2:
                sent |= {"step": "send", "category": make.make_category().code}
            try:
                if method == "get" and number % 2:
                    answer = client.get(f"{path}?{encoded(asked)}")
                else:
                    answer = post(client, path, sent)
                close_file(answer)
                if answer.status_code >= 500:
                    failures.append((name, answer.status_code, asked, sent))
            except Exception as error:
                failures.append((name, repr(error)[:300], asked, sent))
    return failures


@pytest.mark.parametrize("who", ["nobody_at_all", "officer", "keeper", "superuser"])
def test_odd_words_are_answered(request, client, rows, who):
    if who != "nobody_at_all":
        client.force_login(request.getfixturevalue(who))
    assert not fuzz(client, rows, seed=who, rounds=8)
    assert ("_auth_user_id" in client.session) == (who != "nobody_at_all")
    for report in Report.objects.all():
        report.refresh_from_db()  # what was stored can be read again


def test_each_odd_word_in_each_field_of_the_report_form(client, rows):
    category = make.make_category()
    whole = {
        "step": "send",
        "category": category.code,
        "text": "Ada tawuran",
        "lat": "-6.15",
        "lon": "106.8",
        "when": "now",
        "privacy": "anonymous",
    }
    for field in ReportForm.base_fields:
        for odd in WORST:
            answer = post(client, reverse("reports:report_send"), {**whole, field: odd})
            assert answer.status_code in (200, 303, 409, 429), (field, odd)
    for report in Report.objects.all():
        report.refresh_from_db()  # what was stored can be read again
