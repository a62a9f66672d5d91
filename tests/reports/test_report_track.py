"""The reporter follows the report by its code, adds notes, confirms, disputes and rates."""

from collections import Counter as Tally
from datetime import timedelta
from unittest.mock import Mock

import pytest
from django.core.exceptions import ValidationError
from django.http import HttpResponse
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from reports.models import Report
from reports.services.casework import classify_report, hand_over_report, note_report
from reports.services.changes import (
    arrive_at_report,
    dispatch_report,
    refer_report,
    reject_report,
    resolve_report,
    verify_report,
)
from reports.views import throttle
from reports.views.code_cookie import NAME
from reports.views.draft_cookie import Draft, keep_draft
from tests import factories as make
from tests.pictures import jpeg
from tests.reports.citizen import TRACK, code_in_cookie, give_code
from toolkit.limits.counts import counter
from toolkit.limits.models import Count
from toolkit.photos.clean import clean_photo

pytestmark = pytest.mark.django_db
NOTE, CONFIRM = reverse("reports:track_note"), reverse("reports:track_confirm")
DISPUTE, RATE = reverse("reports:track_dispute"), reverse("reports:track_rate")
FORGET, FILL = reverse("reports:track_forget"), reverse("reports:report_fill")


@pytest.fixture(autouse=True)
def uploads(settings, tmp_path):
    settings.MEDIA_ROOT = tmp_path


@pytest.fixture
def report(units):
    return make.make_report(units.polsek, "Kenari bercerita", photos=(clean_photo(jpeg()),))


@pytest.fixture
def resolved(report, officer):
    verify_report(report=report, by=officer)
    dispatch_report(report=report, by=officer, assignee=officer)
    arrive_at_report(report=report, by=officer)
    resolve_report(report=report, by=officer, outcome="handled", reason="Sudah ditegur")
    return Report.objects.get(pk=report.pk)


def get_track_page(client, report):
    give_code(client, report.code)
    answer = client.get(TRACK)
    assert answer.status_code == 200
    return answer.content.decode()


# The code


def test_the_form_asks_nothing_of_the_database(client, django_assert_num_queries):
    with django_assert_num_queries(0):
        page = client.get(TRACK).content.decode()
    assert 'name="code"' in page


@pytest.mark.parametrize("change", [str, str.lower, lambda code: code.replace("-", " ") + " "])
def test_a_code_opens_its_report_however_it_is_typed(client, report, change):
    answer = client.post(TRACK, {"code": change(report.code)})
    assert (answer.status_code, answer.url) == (303, TRACK)
    assert code_in_cookie(client) == report.code
    assert report.number in client.get(TRACK).content.decode()


@pytest.mark.parametrize(
    "code",
    [
        "LW-1111-1111-1111",
        "LW-1111",
        "halo",
        "LK-000001",
        "\u0130" * 12,
        "'; --",
        "LW-UUUU-UUUU-UUUU",
    ],
)
def test_wrong_codes_all_get_the_same_answer(client, report, code):
    answer = client.post(TRACK, {"code": code})
    assert answer.status_code == 200
    assert answer.context["form"].errors["code"] == [
        "Tidak ada laporan dengan kode ini. Periksa tiap huruf dan angka, lalu coba lagi."
    ]
    assert NAME not in client.cookies


@pytest.mark.parametrize("code", ["", "   ", "\x00", "x" * 61])
def test_no_code_is_said_beside_the_field(client, code):
    answer = client.post(TRACK, {"code": code})
    assert answer.status_code == 200
    assert answer.context["form"].errors["code"]


def test_line_14_guessing_is_slowed_down_and_a_right_code_passes(client, report):
    client.get(TRACK)  # the cookie of the form tells the device
    for _ in range(throttle.WRONG_CODES.most):
        assert client.post(TRACK, {"code": "LW-1111-1111-1111"}).status_code == 200
    answer = client.post(TRACK, {"code": "LW-1111-1111-1112"})
    assert answer.status_code == 429
    assert "Tunggu sepuluh menit" in answer.content.decode()
    assert "LW-1111-1111-1112" in answer.content.decode()
    assert client.post(TRACK, {"code": "bukan kode"}).status_code == 429
    assert client.post(TRACK, {"code": report.code}).status_code == 303
    neighbour = Client(HTTP_USER_AGENT="HP tetangga")
    assert neighbour.post(TRACK, {"code": "LW-1111-1111-1111"}).status_code == 200


def test_another_device_with_each_try_helps_little(client, report):
    most = throttle.WRONG_CODES.most * throttle.DEVICES_AT_AN_ADDRESS
    guess = {"code": "LW-1111-1111-1111"}
    for number in range(most):
        client.cookies.clear()
        answer = client.post(TRACK, guess, headers={"user-agent": f"HP {number}"})
        assert answer.status_code == 200
    new = {"user-agent": "HP baru"}
    assert client.post(TRACK, guess, headers=new).status_code == 429
    assert client.post(TRACK, {"code": report.code}, headers=new).status_code == 303


def test_limits_end_with_their_time(rf, time_machine):
    time_machine.move_to("2026-11-11T10:00:00+00:00", tick=False)
    request = rf.get("/")
    for _ in range(throttle.WRONG_CODES.most):
        assert throttle.allows(request, throttle.WRONG_CODES)
    assert not throttle.allows(request, throttle.WRONG_CODES)
    time_machine.move_to("2026-11-11T10:10:01+00:00", tick=False)
    assert throttle.allows(request, throttle.WRONG_CODES)


def test_limits_count_the_address_behind_our_own_proxy(rf, settings):
    settings.ALLAUTH_TRUSTED_PROXY_COUNT = 1
    for number in range(throttle.REPORTS.most):
        far = rf.get("/", HTTP_X_FORWARDED_FOR=f"10.0.0.{number}, 198.51.100.7")
        assert throttle.allows(far, throttle.REPORTS)
    assert not throttle.allows(rf.get("/", HTTP_X_FORWARDED_FOR="198.51.100.7"), throttle.REPORTS)
    assert throttle.allows(rf.get("/", HTTP_X_FORWARDED_FOR="198.51.100.8"), throttle.REPORTS)


def test_a_request_without_an_address_is_answered(rf):
    assert throttle.allows(rf.get("/", REMOTE_ADDR=""), throttle.REPORTS)


# What is shown


def test_the_public_trail_in_words(client, resolved, officer, django_assert_max_num_queries):
    note_report(report=resolved, by=officer, text="Kenari dalam")
    note_report(report=resolved, by=officer, text="Terima kasih", is_public=True)
    give_code(client, resolved.code)
    with django_assert_max_num_queries(3):
        page = client.get(TRACK).content.decode()
    for words in (
        "Laporan diterima",
        "Petugas ditugaskan",
        "Petugas di lokasi",
        "Sudah ditegur",
        "Terima kasih",
        "WIB",
        "Polsek A",
        resolved.number,
    ):
        assert words in page
    for secret in ("Kenari", officer.name, officer.titled_name, resolved.code):
        assert secret not in page
    assert "no-store" in client.get(TRACK)["Cache-Control"]


def test_statements_do_not_grow_with_the_trail(client, report, officer, django_assert_num_queries):
    for number in range(20):
        photos = (clean_photo(jpeg()),)
        note_report(report=report, by=officer, text=f"{number}", photos=photos, is_public=True)
    give_code(client, report.code)
    with django_assert_num_queries(3):
        client.get(TRACK)


def test_the_words_for_what_was_not_done(client, units, report, officer, commander):
    refer_report(report=report, by=officer, agency="PLN", text="Kabel milik PLN")
    assert "Diteruskan ke PLN" in get_track_page(client, report)
    second = make.make_report(units.polsek)
    reject_report(report=second, by=commander, reason="Alamat kurang jelas")
    page = get_track_page(client, second)
    assert "Belum dapat ditindaklanjuti" in page
    assert "Alamat kurang jelas" in page
    assert DISPUTE in page
    third = make.make_report(units.polsek)
    hand_over_report(report=third, by=officer, unit=units.polsek_neighbour, reason="Wilayahnya")
    assert "Dilimpahkan" in get_track_page(client, third)
    assert "Polsek Tetangga" in get_track_page(client, third)


def test_a_sealed_report_is_discreet(client, units):
    category = make.make_category("domestic_violence", is_sealed=True)
    page = get_track_page(client, make.make_report(units.polsek, category=category))
    assert "<title>Formulir" in page
    assert category.label not in page
    assert "data-exit" in page
    assert "data-print" not in page


def test_a_sealed_report_does_not_tell_its_new_category(client, units, officer):
    """The text names the category, which must not show on a shared phone. The change itself may."""
    old = make.make_category("noise_dispute", label="Tetangga ribut")
    new = make.make_category("domestic_violence", label="Kekerasan di rumah", is_sealed=True)
    open_one, report = (make.make_report(units.polsek, category=old) for _ in range(2))
    other = make.make_category("fire", label="Kebakaran")
    classify_report(report=report, by=officer, category=new, priority=report.priority)
    classify_report(report=open_one, by=officer, category=other, priority=report.priority)
    assert "Kebakaran" in get_track_page(client, open_one)
    page = get_track_page(client, report)
    assert "Jenis atau prioritas diubah" in page
    for word in ("Kekerasan", "Tetangga ribut"):
        assert word not in page


def test_photos_of_public_events_only(client, units, report, officer):
    inner = note_report(report=report, by=officer, photos=(clean_photo(jpeg()),))
    own = report.photos.exclude(event=inner).get()

    def ask(photo, size="small"):
        answer = client.get(reverse("reports:track_photo", args=[photo.pk, size]))
        if answer.status_code == 200:
            assert answer["Content-Type"] == "image/jpeg"
            for closer in answer._resource_closers:  # close() would close the database too
                closer()
        return answer.status_code

    assert ask(own) == 404
    give_code(client, report.code)
    assert ask(own) == ask(own, "large") == 200
    assert ask(own, "huge") == 404
    assert ask(inner.photos.get()) == 404
    give_code(client, make.make_report(units.polsek).code)
    assert ask(own) == 404


# What is written


@pytest.mark.parametrize("path", [NOTE, CONFIRM, DISPUTE, RATE])
def test_nothing_is_written_without_the_code(client, resolved, path):
    sent = {"text": "x", "reason": "x", "rate-rating": "1"}
    before = resolved.timeline.count()
    assert client.post(path, sent).url == TRACK
    give_code(client, "LW-1111-1111-1111")
    assert client.post(path, sent).url == TRACK
    client.cookies[NAME] = resolved.code
    assert client.post(path, sent).url == TRACK
    assert resolved.timeline.count() == before
    assert client.get(path).url == TRACK


def test_a_note_with_a_photo(client, report):
    give_code(client, report.code)
    answer = client.post(NOTE, {"text": "Mereka kembali", "photos": [jpeg()]}, follow=True)
    assert "Terima kasih. Kesatuan akan membacanya." in answer.content.decode()
    assert "Mereka kembali" in answer.content.decode()
    event = report.timeline.get(kind="reporter_note")
    assert (event.actor, event.is_public, event.photos.count()) == (None, True, 1)
    client.post(NOTE, {"text": "Mereka kembali", "photos": [jpeg()]})
    assert report.timeline.filter(kind="reporter_note").count() == 1


@pytest.mark.parametrize(
    ("sent", "field"),
    [
        ({"text": " "}, "text"),
        ({"text": "x" * 2001}, "text"),
        ({"text": "ada\x00"}, "text"),
        ({"text": "Lihat", "photos": [jpeg() for _ in range(6)]}, "photos"),
    ],
)
def test_a_note_that_cannot_be_keeps_its_words(client, report, sent, field):
    give_code(client, report.code)
    answer = client.post(NOTE, sent)
    assert answer.status_code == 200
    assert set(answer.context["note"].errors) == {field}
    if "Lihat" in sent["text"]:
        assert "Lihat" in answer.content.decode()
    assert not report.timeline.filter(kind="reporter_note").exists()


def test_confirming_closes_and_is_said_once(client, resolved):
    assert CONFIRM in get_track_page(client, resolved)
    answer = client.post(CONFIRM, follow=True)
    resolved.refresh_from_db()
    assert resolved.state == "closed"
    assert "Anda sudah menyetujui hasilnya" in answer.content.decode()
    assert CONFIRM not in answer.content.decode()
    client.post(CONFIRM)
    assert resolved.timeline.filter(kind="confirmed").count() == 1


def test_confirming_too_early_is_answered(client, report):
    assert CONFIRM not in get_track_page(client, report)
    answer = client.post(CONFIRM, follow=True)
    assert "Belum ada hasil" in answer.content.decode()
    report.refresh_from_db()
    assert report.state == "received"


def test_disputing_reopens_visibly(client, resolved):
    give_code(client, resolved.code)
    answer = client.post(DISPUTE, {"reason": " "})
    assert answer.context["dispute"].errors["reason"]
    assert "<details" in answer.content.decode()
    answer = client.post(DISPUTE, {"reason": "Masih ribut"}, follow=True)
    resolved.refresh_from_db()
    assert (resolved.state, resolved.outcome) == ("verified", "")
    page = answer.content.decode()
    assert "Laporan Anda dibuka lagi" in page
    assert "Masih ribut" in page
    assert DISPUTE not in page
    again = client.post(DISPUTE, {"reason": "Lagi"})
    assert again.context["dispute"].non_field_errors()


def test_rating(client, resolved):
    give_code(client, resolved.code)
    for bad in ("", "0", "6", "lima", "\x00", "1e9"):
        answer = client.post(RATE, {"rate-rating": bad})
        assert answer.context["rate"].errors["rating"] == ["Pilih 1 sampai 5."]
    client.post(RATE, {"rate-rating": "2", "rate-text": "Lama"})
    client.post(RATE, {"rate-rating": "4"})
    resolved.refresh_from_db()
    assert resolved.rating == 4
    assert "4/5" in get_track_page(client, resolved)


def test_rating_too_early_is_answered(client, report):
    assert RATE not in get_track_page(client, report)
    answer = client.post(RATE, {"rate-rating": "5"})
    assert answer.context["rate"].non_field_errors()


def test_too_many_answers_wait_and_lose_no_word(client, report, monkeypatch):
    give_code(client, report.code)
    client.get(TRACK)
    for number in range(throttle.ANSWERS.most):
        client.post(NOTE, {"text": f"Catatan {number}"})
    clean = Mock()
    monkeypatch.setattr("toolkit.photos.fields.clean_photo", clean)
    answer = client.post(NOTE, {"text": "Yang terakhir", "photos": [jpeg()]})
    assert answer.status_code == 429
    assert not clean.called
    assert "Terlalu banyak kiriman" in answer.content.decode()
    assert "Yang terakhir" in answer.content.decode()
    assert "Terlalu banyak kiriman" in client.post(CONFIRM, follow=True).content.decode()


def test_photos_of_notes_count_even_if_refused(client, report, monkeypatch):
    give_code(client, report.code)
    client.get(TRACK)
    clean = Mock(side_effect=ValidationError("Bukan foto"))
    monkeypatch.setattr("toolkit.photos.fields.clean_photo", clean)
    for _ in range(throttle.ANSWERS.most + 1):
        answer = client.post(NOTE, {"photos": [jpeg((9, 9))]})
    assert answer.status_code == 429
    assert clean.call_count == throttle.ANSWERS.most


def test_forgetting(client, report):
    give_code(client, report.code)
    answer = client.post(FORGET)
    assert answer.url == reverse("home")
    ours = {NAME, "isian", "csrftoken", "messages", "theme"}
    assert {name: cookie["max-age"] for name, cookie in answer.cookies.items()} == dict.fromkeys(
        ours, 0
    )
    assert client.cookies[NAME].value == ""
    assert report.number not in client.get(TRACK).content.decode()
    assert client.get(FORGET).url == reverse("home")


def test_forgetting_leaves_an_officer_signed_in(client, report, officer):
    client.force_login(officer)
    give_code(client, report.code)
    client.post(FORGET)
    assert client.get(reverse("reports:report_list")).status_code == 200


@pytest.mark.parametrize(
    "pasted",
    [
        "Kode laporan saya: {code}. Hasilnya: https://contoh.example/lacak/",
        "*{code}*",
        "{wide}",
        "{hyphens}",
        "Tolong cek ya\n{code}\nterima kasih " + "x" * 600,
    ],
)
def test_a_code_is_found_in_what_people_paste(client, report, pasted):
    words = pasted.format(
        code=report.code,
        wide="".join(chr(ord(c) + 0xFEE0) if c != "-" else "－" for c in report.code),
        hyphens="\u200b".join(report.code.replace("-", "\u2011")),
    )
    answer = client.post(TRACK, {"code": words})
    assert (answer.status_code, answer.url) == (303, TRACK)


# Issue 7, line 14: phones behind one carrier


CARRIER = {"HTTP_USER_AGENT": "Mozilla/5.0 (Linux; Android 10; K)", "REMOTE_ADDR": "203.0.113.9"}


def phone_at_carrier(rf, number, **cookies):
    phone = rf.get("/", **CARRIER)
    phone.COOKIES |= {"csrftoken": f"{number:032}", **cookies}
    return phone


def use_up(limit):
    """As a program does that sends from the carrier's address with a new cookie each time."""
    Count.objects.update_or_create(
        kind=f"{limit.name} address",
        bucket=counter(f"{limit.name} address", CARRIER["REMOTE_ADDR"], 1, 1).bucket,
        defaults={
            "number": limit.most * limit.devices,
            "ends_at": timezone.now() + timedelta(minutes=5),
        },
    )


def test_line_14_thousands_of_like_phones_behind_one_address_pass(rf):
    assert throttle.REPORTS.most * throttle.REPORTS.devices >= 2_500
    for number in range(50):
        assert throttle.allows(phone_at_carrier(rf, number), throttle.REPORTS), number


@pytest.mark.parametrize("limit", [throttle.REPORTS, throttle.WRONG_CODES])
def test_line_14_one_who_floods_does_not(rf, limit):
    attacker = phone_at_carrier(rf, 7)
    assert sum(throttle.allows(attacker, limit) for _ in range(limit.most * 2)) == limit.most
    # Neither with a new cookie each time, nor without one.
    use_up(limit)
    assert not throttle.allows(phone_at_carrier(rf, 8), limit)
    assert not throttle.allows(rf.get("/", **CARRIER), limit)


def begun_at(number):
    response = HttpResponse()
    keep_draft(response, Draft(category=f"c{number}"))
    return response.cookies["isian"].value


def test_a_flood_from_the_carrier_keeps_no_phone_out_that_began_before(rf, time_machine):
    time_machine.move_to("2026-11-11T10:00:00+00:00", tick=False)
    begun = [begun_at(number) for number in range(3)]
    use_up(throttle.REPORTS)
    time_machine.shift(throttle.SOONEST - timedelta(seconds=1))
    assert not throttle.allows(phone_at_carrier(rf, 0, isian=begun[0]), throttle.REPORTS)
    time_machine.shift(timedelta(seconds=1))
    for number, cookie in enumerate(begun):
        assert throttle.allows(phone_at_carrier(rf, number, isian=cookie), throttle.REPORTS)
    # A form has its own count, whatever other cookie comes with it.
    most = throttle.REPORTS.of_a_form
    one = [phone_at_carrier(rf, number, isian=begun[0]) for number in range(most)]
    passed = [throttle.allows(phone, throttle.REPORTS) for phone in one]
    assert passed == [True] * (most - 1) + [False]
    # Nor under another spelling, which a decoder may take for the same.
    respelled = [f"{begun[0]}!", f"{begun[0][:9]}.{begun[0][9:]}", begun[0].rstrip("=") + "==="]
    for cookie in respelled:
        assert not throttle.allows(phone_at_carrier(rf, 9, isian=cookie), throttle.REPORTS)
    forged = [begun[1][:-4] + "AAAA", "", "x", "\udcff", begun[1][4:]]
    for cookie in forged:
        assert not throttle.allows(phone_at_carrier(rf, 9, isian=cookie), throttle.REPORTS)
    # Guesses of a code have no such way: a right code needs none.
    use_up(throttle.WRONG_CODES)
    assert not throttle.allows(phone_at_carrier(rf, 1, isian=begun[1]), throttle.WRONG_CODES)


def test_begun_forms_that_send_rubbish_keep_no_other_form_out(
    client, units, time_machine, monkeypatch
):
    """The flood in small: forms begun before send until nothing passes any more."""
    small = throttle.REPORTS._replace(most=3, devices=2)
    monkeypatch.setattr(throttle, "REPORTS", small)
    monkeypatch.setattr("toolkit.photos.fields.clean_photo", Mock(side_effect=ValidationError("")))
    time_machine.move_to("2026-11-11T10:00:00+00:00", tick=False)
    category = make.make_category()
    make.make_area("31.73.04.1001", "Duri Utara", lat=-6.15, lon=106.8)
    honest, *forms = [begun_at(number) for number in range(5)]
    time_machine.shift(timedelta(minutes=2))
    sent = {"step": "send", "category": category.code}
    answers = []
    for number, cookie in enumerate(forms * 16):
        attacker = Client(**CARRIER)
        attacker.cookies.load({"isian": cookie, "csrftoken": f"{number:032}"})
        answers.append(attacker.post(FILL, sent | {"photos": [jpeg((9, 9))]}).status_code)
    address = small.most * small.devices
    assert Tally(answers) == {200: len(forms) * small.of_a_form + address, 429: 4 * 6 - address}
    sent |= {"text": "Ada tawuran di depan gang", "village_name": "Duri Utara"}
    sent |= {"when": "now", "privacy": "anonymous"}
    client.cookies.load({"isian": honest, "csrftoken": "9" * 32})
    assert client.post(FILL, sent, **CARRIER).status_code == 303
    # And without any form begun, it waits: that is what the address's count is for.
    client.cookies.load({"isian": "", "csrftoken": "8" * 32})
    assert client.post(FILL, sent, **CARRIER).status_code == 429


def test_a_flood_from_the_carrier_keeps_no_holder_of_a_code_out(client, report):
    use_up(throttle.ANSWERS)
    use_up(throttle.REPORTS)
    use_up(throttle.WRONG_CODES)
    assert client.post(TRACK, {"code": report.code}, **CARRIER).status_code == 303
    assert client.post(NOTE, {"text": "Masih ramai"}, **CARRIER).status_code == 302
