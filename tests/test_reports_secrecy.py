"""Codes and contacts are on no page of the staff; what is sealed, about police or given away opens
as the rules say on every page; and an anonymous reporter leaves nothing behind."""

import base64
import hashlib
import re
from io import BytesIO

import pghistory
import pytest
from django.contrib.sessions.backends.db import SessionStore
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from PIL import Image

from patrols.models import FindingReport
from reports.codes import new_code
from reports.models import ContactAccess, Handover, Report, ReportContact
from reports.services.casework import hand_over_report
from reports.services.changes import dispatch_report, resolve_report, verify_report
from reports.services.contacts import open_contact
from tests import factories as make
from tests.pictures import jpeg
from tests.reports.test_history import columns_containing
from tests.test_access import MODELS, ROUND, TABLE, close_file, make_rows_of, path_of
from toolkit.limits.models import Count
from toolkit.photos.clean import clean_photo

NAME, PHONE = "Pelapor kenari", "81299990000"
SIGNED = re.compile(
    rb'name="csrfmiddlewaretoken" value="[^"]+"|nonce="[^"]+"|value="[0-9a-f-]{36}"'
)
# The pages that open one report, read or to be changed.
READING = {"reports:report_detail", "reports:report_print", "reports:report_share"}
OF_ONE = {name: row for name, row in TABLE.items() if (row[1] or "").endswith("report")}
# The one page whose answer shows a contact, after a reason.
OPENS = "reports:contact_open"


@pytest.fixture
def polres_keeper(units):
    return make.make_user(
        "Kasat Reskrim A", units.polres, "commander", username="kasat.a", opens_sealed=True
    )


@pytest.fixture
def special(units, keeper, settings, tmp_path):
    """One report of each sort that is not for everybody, with its contact, a photo and a note."""
    settings.MEDIA_ROOT = tmp_path
    sealed = make.make_category("domestic_violence", is_sealed=True)
    police = make.make_category("misconduct", is_sealed=True, is_about_police=True)

    def new(unit, category=None, about_unit=None):
        return make.make_report(
            unit,
            "Peristiwa kenari-khusus",
            category=category,
            about_unit=about_unit,
            privacy="sealed",
            contact_name="Kenariwati kenari-khusus",
            contact_phone=f"+62{PHONE}",
            photos=(clean_photo(jpeg()),),
        )

    found = {
        "sealed": new(units.polsek, sealed),
        "about": new(units.polsek, police, units.polsek),
        "about_unknown": new(units.polsek, police),
        "given": new(units.polsek),
        "given_sealed": new(units.polsek, sealed),
    }
    for name in ("given", "given_sealed"):
        hand_over_report(
            report=found[name], by=keeper, unit=units.polsek_neighbour, reason="TKP di sana"
        )
    return found


@pytest.fixture
def people(
    request,
    volunteer,
    officer,
    neighbour,
    commander,
    keeper,
    chief,
    admin_user,
    superuser,
    polres_keeper,
):
    return {name: request.getfixturevalue(name) for name in WHO}


WHO = [
    "volunteer",
    "officer",
    "commander",
    "admin_user",
    "keeper",
    "neighbour",
    "chief",
    "superuser",
    "polres_keeper",
]
HIDDEN = dict.fromkeys(WHO, 404)
READERS = {
    "sealed": {"keeper": 200, "polres_keeper": 200},
    "about": {"polres_keeper": 200},
    # Whom nobody knew: anybody of the Polres may be meant.
    "about_unknown": {},
    "given": dict.fromkeys(set(WHO) - {"volunteer"}, 200),
    "given_sealed": {"keeper": 200, "polres_keeper": 200},
}
# Whose the report was and is no more: they read it, and each step is refused.
FORMER = {
    "given": {"officer", "commander", "admin_user", "keeper"},
    "given_sealed": {"keeper"},
}


@pytest.mark.parametrize("which", READERS)
def test_who_opens_what_is_not_for_everybody(special, people, client, which):
    report = special[which]
    before = list(Report.objects.filter(pk=report.pk).values())
    expected = HIDDEN | READERS[which]
    photo = reverse("reports:report_photo", args=[report.photos.get().pk, "small"])
    changing = set(READERS[which]) - FORMER.get(which, set())
    for who, user in sorted(people.items(), key=lambda person: person[0] in changing):
        client.force_login(user)
        for name, (method, _key, *_rest) in OF_ONE.items():
            answer = getattr(client, method)(reverse(name, args=[report.pk]))
            close_file(answer)
            if expected[who] == 404:
                assert answer.status_code == 404, (who, name)
                assert b"kenari-khusus" not in answer.content
            elif name in READING:
                assert answer.status_code == 200, (who, name)
            elif who in FORMER.get(which, ()):
                # With the news that it has been given away, or without.
                assert answer.status_code in (302, 403), (who, name)
                assert name != OPENS or answer.status_code == 403
            else:
                assert answer.status_code != 404, (who, name)
        answer = client.get(photo)
        close_file(answer)
        assert answer.status_code == expected[who], (who, "photo")
        if who in FORMER.get(which, ()) or expected[who] == 404:
            assert list(Report.objects.filter(pk=report.pk).values()) == before


@pytest.mark.parametrize("which", ["sealed", "about", "about_unknown", "given_sealed"])
def test_lists_name_only_what_opens(special, people, client, which):
    """Neither its number, nor a word of it, in lists, searches, figures or the admin."""
    report = special[which]
    lists = [path_of(name, {}, None) for name, row in ROUND.items() if row[1] is None]
    lists += [f"{reverse('reports:report_list')}?q={word}" for word in (report.number, "kenari-kh")]
    lists += [
        reverse(f"admin:{model._meta.app_label}_{model._meta.model_name}_changelist") + query
        for model in MODELS
        if model._meta.app_label == "reports"
        for query in ("", "?q=kenari-kh")
    ]
    word = report.number.encode()
    Report.objects.exclude(pk=report.pk).update(text="Lain")
    for who, user in people.items():
        expected = (HIDDEN | READERS[which])[who]
        # Its former unit reads it by its number alone.
        if expected == 200 and who not in FORMER.get(which, ()):
            continue
        client.force_login(user)
        for path in lists:
            answer = client.get(path)
            text = answer.getvalue().replace(b'value="kenari-kh"', b"")
            text = text.replace(b'value="%s"' % word, b"")
            close_file(answer)
            assert b"kenari-khusus" not in text, (who, path)
            assert word not in text, (who, path)
            # Other rows may have the same key.
            for page in (f"/reports/{report.pk}/", f"/report/{report.pk}/"):
                assert page.encode() not in text, (who, path)


def test_what_is_given_away_is_on_no_list(special, people, client):
    """Its former unit reads it by its key alone: in a list it would cost the index."""
    number = special["given"].number.encode()
    for who in FORMER["given"]:
        client.force_login(people[who])
        for query in ("", f"?q={special['given'].number}", "?q=kenari"):
            answer = client.get(reverse("reports:report_list") + query)
            rows = answer.content.replace(b'value="%s"' % number, b"")
            assert number not in rows, (who, query)
            assert b"kenari-khusus" not in rows, (who, query)


# Codes and contacts


def secrets_of(reports):
    codes = [report.code for report in reports]
    assert all(codes)
    return [
        *codes,
        *(code.replace("-", "") for code in codes),
        *(code.removeprefix("LW-") for code in codes),
        *Report.objects.values_list("body_sha256", flat=True),
        *map(str, Report.objects.values_list("client_uuid", flat=True)),
        *ReportContact.objects.values_list("phone_digest", flat=True),
        NAME,
        "Kenariwati",
        PHONE,
        "8129-9990-000",
        "0812-9999-0000",
        "812 9999 0000",
    ]


def admin_paths():
    for model in MODELS:
        name = f"admin:{model._meta.app_label}_{model._meta.model_name}"
        yield reverse(f"{name}_changelist")
        yield reverse(f"{name}_add")
        for pk in model._default_manager.order_by("-pk").values_list("pk", flat=True)[:4]:
            for page in ("change", "history", "delete"):
                yield reverse(f"{name}_{page}", args=[pk])


@pytest.mark.parametrize(
    "who", ["volunteer", "officer", "keeper", "neighbour", "admin_user", "superuser"]
)
def test_no_page_of_the_staff_holds_a_code_or_a_contact(
    who, special, people, client, units, officer, volunteer
):
    rows = make_rows_of(units.polsek, officer, "kenari-a", volunteer.membership)
    paths = [path_of(name, rows, row[1]) for name, row in ROUND.items()]
    paths += [
        reverse(name, args=[report.pk])
        for name, row in OF_ONE.items()
        if row[0] == "get"
        for report in (*special.values(), rows["report"], rows["sent_report"], rows["done_report"])
    ]
    paths += [f"{reverse('reports:report_list')}?state=open&page=x"]
    paths += [f"{path}?residents=1" for path in paths if path.endswith("/share/")]
    if who in ("admin_user", "superuser"):
        paths += admin_paths()
    reports = list(Report.objects.all())
    secrets = [secret.encode() for secret in secrets_of(reports)]
    client.force_login(people[who])
    opened = 0
    for path in paths:
        with CaptureQueriesContext(
            connection,
        ) as asked:
            answer = client.get(path)
        text = b"".join(answer) if answer.streaming else answer.content
        close_file(answer)
        opened += answer.status_code == 200
        assert answer.status_code != 302 or "/login" not in answer.url, path
        for secret in secrets:
            assert secret not in text, (path, secret)
        head = " ".join(f"{name}: {value}" for name, value in answer.headers.items()).encode()
        assert not [secret for secret in secrets if secret in head], path
        for query in asked.captured_queries:
            assert '"reports_report"."code"' not in query["sql"], path
            assert 'FROM "reports_reportcontact"' not in query["sql"], path
    assert opened > (5 if who == "volunteer" else 20)


@pytest.mark.parametrize("who", ["officer", "keeper", "superuser"])
def test_nor_does_the_answer_to_a_step(who, special, people, client, units, officer, volunteer):
    rows = make_rows_of(units.polsek, officer, "kenari-a", volunteer.membership)
    secrets = [secret.encode() for secret in secrets_of(list(Report.objects.all()))]
    client.force_login(people[who])
    for name, (_method, key, _expected, sent) in OF_ONE.items():
        if name in READING | {OPENS}:
            continue
        for fields in (sent, {}, {"seen": "closed", "reason": "x", "into": "LK-1", "text": "x"}):
            answer = client.post(reverse(name, args=[rows[key].pk]), fields, follow=True)
            for secret in secrets:
                assert secret not in answer.content, (name, secret)


@pytest.mark.parametrize("who", ["keeper", "superuser"])
def test_nobody_searches_by_a_code_or_a_contact(who, special, people, client):
    """What is found by it is what is found by a word that is nowhere."""
    report = special["given"]
    fake, prefix = new_code(), report.code[:7]
    pairs = [
        (report.code, fake),
        (prefix, fake[:7]),
        ("Kenariwati", "Kenarowati"),
        (PHONE, "81200001111"),
        (report.contact.phone_digest, "0" * 64),
        (report.body_sha256, "0" * 64),
        (str(report.client_uuid), "00000000-0000-4000-8000-000000000000"),
    ]
    lists = [reverse("reports:report_list"), reverse("reports:contact_access_list")]
    lists += [
        reverse(f"admin:{model._meta.app_label}_{model._meta.model_name}_changelist")
        for model in MODELS
        if model in (Report, Handover, ContactAccess, FindingReport)
    ]
    columns = ["code", "contact__phone", "contact__phone_digest", "contact__name", "body_sha256"]
    columns += ["report__code", "client_uuid", "report__contact__name"]
    client.force_login(people[who])
    for path in lists:
        for right, wrong in pairs:
            answers = []
            for word in (right, wrong):
                answer = client.get(path, {"q": word})
                text = SIGNED.sub(b"", answer.content)
                answers.append((answer.status_code, text.replace(word.encode(), b"?")))
            assert answers[0] == answers[1], (path, right)
        for column in columns:
            for lookup in ("", "__startswith"):
                right = client.get(path, {f"{column}{lookup}": report.code})
                wrong = client.get(path, {f"{column}{lookup}": fake})
                assert right.status_code == wrong.status_code, (path, column, lookup)
                strip = [
                    SIGNED.sub(b"", answer.content).replace(word.encode(), b"?")
                    for answer, word in ((right, report.code), (wrong, fake))
                ]
                assert strip[0] == strip[1], (path, column, lookup)


# Who stays without a name

ADDRESS, AGENT = "203.0.113.77", "Kenaripeta/9.1 (Telepon Rahasia)"
REFERER, LANGUAGE = "https://asal.kenarinegeri.example/kelompok", "su-ID,su;q=0.7"
CANARIES = [ADDRESS, "Kenaripeta", "Telepon Rahasia", "kenarinegeri", "su-ID", NAME, PHONE]
CANARIES += ["Rumah Bu Kenari", "perangkat-kenari"]


def sneaking():
    """A client whose every request tells who it is."""
    client = Client(
        REMOTE_ADDR=ADDRESS,
        HTTP_USER_AGENT=AGENT,
        HTTP_X_FORWARDED_FOR=f"{ADDRESS}, 10.0.0.1",
        HTTP_REFERER=REFERER,
        HTTP_ACCEPT_LANGUAGE=LANGUAGE,
    )
    client.cookies["perangkat"] = "perangkat-kenari"
    return client


def photo_with_metadata():
    tags = Image.Exif()
    tags[0x010E], tags[0x010F] = "Rumah Bu Kenari", "Kenaripeta"
    gps = tags.get_ifd(0x8825)
    gps[1], gps[2], gps[3], gps[4] = "S", (6.0, 8.0, 52.5), "E", (106.0, 48.0, 3.0)
    raw = BytesIO()
    Image.new("RGB", (80, 60), "red").save(raw, "JPEG", exif=tags)
    raw.seek(0)
    raw.name = "IMG_rumah-bu-kenari.jpg"
    return raw


def sent_form(units, **fields):
    make.make_area("31.73.04.1001", "Duri Utara", lat=-6.15, lon=106.8)
    return {
        "step": "send",
        "category": make.make_category().code,
        "text": "Ada tawuran di depan gang",
        "village_name": "Duri Utara",
        "when": "now",
        "privacy": "anonymous",
        **fields,
    }


def decoded_rows():
    """What the cache and the sessions hold, as it was put in."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT cache_key, value FROM cache")
        for key, value in cursor.fetchall():
            yield key.encode() + base64.b64decode(value)
        cursor.execute("SELECT session_data FROM django_session")
        for (data,) in cursor.fetchall():
            yield repr(SessionStore().decode(data)).encode()


def test_an_anonymous_reporter_leaves_nothing_behind(units, settings, tmp_path, caplog):
    settings.MEDIA_ROOT = tmp_path
    caplog.set_level("INFO")
    reporter = sneaking()
    sent = sent_form(
        units, contact_name=f"{NAME} Siti", contact_phone=f"0{PHONE}", photos=photo_with_metadata()
    )
    answer = reporter.post(reverse("reports:report_send"), sent)
    assert answer.status_code == 303, answer.content.decode()
    report = Report.objects.get()
    assert report.privacy == "anonymous"
    assert not ReportContact.objects.exists()
    assert reporter.get(answer.url).status_code == 200
    note = {"text": "Masih ramai", "photos": photo_with_metadata()}
    assert reporter.post(reverse("reports:track_note"), note).status_code == 302
    assert reporter.post(reverse("reports:report_track"), {"code": "LW-0000-0000-0000"})
    boss = make.make_user(unit=units.mabes, role="commander")
    verify_report(report=report, by=boss)
    resolve_report(report=report, by=boss, outcome="handled", reason="Selesai")
    for page, fields in (
        ("track_rate", {"rate-rating": "2", "rate-text": "Lambat"}),
        ("track_dispute", {"reason": "Belum selesai"}),
    ):
        assert reporter.post(reverse(f"reports:{page}"), fields).status_code == 302
    report.refresh_from_db()
    assert (report.rating, report.state, report.photos.count()) == (2, "verified", 2)

    hashes = [
        getattr(hashlib, kind)(word.encode()).hexdigest()
        for kind in ("md5", "sha1", "sha256")
        for word in (ADDRESS, AGENT, f"{ADDRESS}{AGENT}", f"{ADDRESS} {AGENT}", f"+62{PHONE}")
    ]
    for word in (*CANARIES, *hashes):
        assert columns_containing(word) == set(), word
        for held in decoded_rows():
            assert word.encode() not in held, word
        assert word not in caplog.text, word
        for path in tmp_path.rglob("*"):
            assert word not in str(path), word
            assert not path.is_file() or word.encode() not in path.read_bytes(), word
    with connection.cursor() as cursor:
        cursor.execute("SELECT count(*) FROM django_session")
        assert cursor.fetchone() == (0,)
    assert Count.objects.exists()  # what is counted was there to be found
    assert columns_containing("tawuran di depan gang")  # the search does search


def test_a_reporter_who_is_signed_in_is_not_named(units, officer, neighbour, sign_in):
    """An officer may tell of what goes wrong at home, too."""
    client = sign_in(neighbour)
    answer = client.post(reverse("reports:report_send"), sent_form(units))
    assert answer.status_code == 303
    report = Report.objects.get()
    boss = make.make_user(unit=units.mabes, role="commander")
    with pghistory.context(user=boss.pk):
        verify_report(report=report, by=boss)
        resolve_report(report=report, by=boss, outcome="handled", reason="Selesai")
    for page, fields in (
        ("track_note", {"text": "Masih ramai"}),
        ("track_rate", {"rate-rating": "2"}),
        ("track_confirm", {}),
        ("track_dispute", {"reason": "Belum selesai"}),
    ):
        assert client.post(reverse(f"reports:{page}"), fields).status_code == 302, page
    report.refresh_from_db()
    assert (report.state, report.received_by, report.rating) == ("verified", None, 2)
    assert not report.timeline.filter(actor=neighbour).exists()
    contexts = [event.pgh_context for event in report.events.select_related("pgh_context")]
    assert len([context for context in contexts if context]) >= 3
    for context in contexts:
        assert context is None or context.metadata.get("user") != neighbour.pk
    # What they do under their own name, they still do under it.
    hand = make.make_report(units.polsek_neighbour)
    client.post(reverse("reports:report_verify", args=[hand.pk]))
    assert hand.events.last().pgh_context.metadata["user"] == neighbour.pk


def test_the_history_of_a_contact_s_opening_holds_no_contact(units, officer, sign_in):
    report = make.make_report(
        units.polsek, privacy="officers", contact_name=NAME, contact_phone=f"+62{PHONE}"
    )
    dispatch_report(report=report, by=officer, assignee=officer)
    open_contact(report=report, by=officer, reason="Menelepon")
    client = sign_in(officer)
    client.post(reverse(OPENS, args=[report.pk]), {"purpose": "ask", "details": "jam kejadian"})
    for word in (NAME, PHONE):
        assert columns_containing(word) == set()
        for held in decoded_rows():
            assert word.encode() not in held
