"""What was handed over: for both sides, for the commander, on paper; and the taker's word."""

from django.urls import reverse

from patrols.services.entries import withdraw_entry
from patrols.services.handovers import Taker, confirm_handover, hand_over_post
from tests import factories as make
from tests.patrols.test_handovers import following, given, post, radio, torches  # noqa: F401


def url(name, handover):
    return reverse(f"patrols:{name}", args=[handover.pk])


def test_the_minutes_name_both_and_say_what_is_missing(
    sign_in,
    officer,
    commander,
    given,  # noqa: F811
    following,  # noqa: F811
    radio,  # noqa: F811
    torches,  # noqa: F811
):
    lines = [(radio, 0, "missing"), (torches, 3, "good")]
    handover = make.make_handover(given, officer, "Pak Budi", lines, note="Gerbang terbuka")
    html = sign_in(commander).get(url("handover_detail", handover)).content.decode()
    for words in ("Berita acara serah terima", "Bhabin A", "Pak Budi", "HT 1", "Gerbang terbuka"):
        assert words in html
    assert "0 / 1" in html
    assert "3 / 4" in html
    assert "Hilang" in html
    assert html.count("letterhead") == 1
    assert html.count('class="sign"') == 1


def test_the_taker_confirms_or_says_what_is_different(
    sign_in,
    officer,
    commander,
    given,  # noqa: F811
    following,  # noqa: F811
):
    handover = make.make_handover(given, officer)
    client = sign_in(commander)
    page = reverse("patrols:duty_detail", args=[following.pk])
    html = client.get(page).content.decode()
    assert url("handover_confirm", handover) in html
    assert url("handover_detail", handover) in html
    too_long = {"difference": "x" * 501}
    answer = client.post(url("handover_confirm", handover), too_long)
    assert answer.context["form"].errors["difference"]
    for _tap in range(2):
        sent = {"difference": "Senter tinggal satu"}
        answer = client.post(url("handover_confirm", handover), sent)
        assert answer.url == url("handover_detail", handover)
    handover.refresh_from_db()
    assert (handover.confirmed_by, handover.difference) == (commander, "Senter tinggal satu")
    html = client.get(page).content.decode()
    assert url("handover_confirm", handover) not in html
    assert "diterima, ada yang berbeda" in html
    html = sign_in(officer).get(url("handover_detail", handover)).content.decode()
    assert "Senter tinggal satu" in html


def test_who_gives_is_not_asked(sign_in, officer, given):  # noqa: F811
    handover = make.make_handover(given, officer)
    client = sign_in(officer)
    assert "Ya, saya terima" not in client.get(url("handover_detail", handover)).content.decode()
    assert client.post(url("handover_confirm", handover)).status_code == 403


def test_the_regu_that_takes_over_reads_it_neighbours_do_not(
    sign_in,
    officer,
    volunteer,
    neighbour,
    given,  # noqa: F811
    following,  # noqa: F811
):
    handover = make.make_handover(given, officer)
    assert sign_in(volunteer).get(url("handover_detail", handover)).status_code == 404
    make.make_attendance(following, member=volunteer.membership)
    assert sign_in(volunteer).get(url("handover_detail", handover)).status_code == 200
    assert sign_in(neighbour).get(url("handover_detail", handover)).status_code == 404


def test_taken_back_it_says_so(sign_in, officer, given):  # noqa: F811
    handover = make.make_handover(given, officer)
    client = sign_in(officer)
    client.post(reverse("patrols:entry_withdraw", args=[handover.entry_id]))
    assert "Tidak berlaku" in client.get(url("handover_detail", handover)).content.decode()


def test_who_is_second_is_told_and_shown_what_is_not_saved(
    sign_in,
    officer,
    commander,
    volunteer,
    given,  # noqa: F811
    following,  # noqa: F811
):
    row = make.make_attendance(following, member=volunteer.membership)
    taker = Taker("Relawan A", row)
    handover, _ = hand_over_post(duty=given, by=officer, taker=taker, lines=())
    confirm_handover(handover=handover, by=volunteer)
    sent = {"difference": "Senter tinggal satu"}
    answer = sign_in(commander).post(url("handover_confirm", handover), sent, follow=True)
    html = answer.content.decode()
    assert "Relawan A sudah membenarkan serah terima ini" in html
    assert "Belum tersimpan: “Senter tinggal satu”" in html
    handover.refresh_from_db()
    assert handover.difference == ""


def test_an_old_page_of_a_handover_taken_back_is_told(
    sign_in,
    officer,
    commander,
    given,  # noqa: F811
    following,  # noqa: F811
):
    handover = make.make_handover(given, officer)
    withdraw_entry(entry=handover.entry, by=officer)
    answer = sign_in(commander).post(url("handover_confirm", handover), follow=True)
    assert "sudah dibatalkan dan tidak berlaku" in answer.content.decode()
