from datetime import timedelta

import time_machine
from django.urls import reverse

from patrols.models import EntryKind
from patrols.services.duties import end_duty, review_duty, start_duty
from patrols.services.entries import withdraw_entry
from tests import factories as make


def url(duty):
    return reverse("patrols:duty_log", args=[duty.pk])


def test_the_whole_night_on_paper(sign_in, officer, running_duty):
    make.make_attendance(running_duty, guest_name="Pak Lurah", guest_agency="Kelurahan")
    running_duty.order_number = "Sprin/12/XI/2026"
    running_duty.save()
    wrong = make.make_entry(running_duty, officer, text="Salah")
    withdraw_entry(entry=wrong, by=officer)
    make.make_entry(running_duty, officer, kind=EntryKind.FINDING, text="Kabel menjuntai")
    end_duty(duty=running_duty, by=officer, summary="Aman")
    html = sign_in(officer).get(url(running_duty)).content.decode()
    for part in ("Polsek A", "Sprin/12/XI/2026", "Pak Lurah", "Relawan A", "Kabel menjuntai"):
        assert part in html
    assert 'struck">Salah' in html
    assert html.index("Salah") < html.index("Kabel")  # oldest first
    assert "data-print" in html


def test_it_names_who_approved_it_and_when(sign_in, officer, commander, running_duty):
    with time_machine.travel("2026-11-12T00:10:00+00:00", tick=False):
        ended = end_duty(duty=running_duty, by=officer)
        review_duty(duty=ended, by=commander, action="return", comment="Kurang")
        html = sign_in(officer).get(url(ended)).content.decode()
        assert "dikembalikan" in html
        assert "disetujui oleh" not in html
        review_duty(duty=ended, by=officer, action="submit")
        review_duty(duty=ended, by=commander, action="approve")
        html = sign_in(officer).get(url(ended)).content.decode()
    assert "disetujui oleh Kapolsek A, 12 Nov 2026 07.10 WIB" in html
    assert html.count("Kapolsek A") == 2  # among the facts, and where it is signed


def test_whoever_signs_has_an_office(sign_in, units, officer, commander, running_duty):
    def signs():
        html = sign_in(officer).get(url(running_duty)).content.decode()
        return " ".join(html.partition("Mengetahui")[2].partition("</div>")[0].split())

    assert signs().startswith("<br>Kapolsek A</p>")
    commander.postings.update(title="Kanit Binmas")
    make.make_posting(commander, units.polres, "commander", title="Kabag Ops")
    ended = end_duty(duty=running_duty, by=officer)
    review_duty(duty=ended, by=commander, action="approve")
    assert signs().startswith("<br>Kanit Binmas</p> <b>Kapolsek A</b>")


def test_volunteers_read_it_neighbours_do_not(sign_in, volunteer, neighbour, duty):
    assert sign_in(volunteer).get(url(duty)).status_code == 200
    assert sign_in(neighbour).get(url(duty)).status_code == 404


@time_machine.travel("2026-11-11T14:30:00+00:00", tick=False)  # 23.30 in Jayapura
def test_over_midnight_in_the_zone_of_the_unit(sign_in, units, officer_east):
    duty = make.make_duty(units.polsek_east)
    start_duty(duty=duty, by=officer_east)
    with time_machine.travel("2026-11-11T15:10:00+00:00", tick=False):
        make.make_entry(duty, officer_east, text="Lewat tengah malam")
    html = sign_in(officer_east).get(url(duty)).content.decode()
    assert "00.10" in html
    assert "11–12 Nov 2026" in html
    assert "23.40–02.40 WIT" in html


def test_a_very_long_log_is_cut_and_says_so(sign_in, officer, running_duty, monkeypatch):
    monkeypatch.setattr("patrols.views.night.LOG_ROWS", 3)
    for number in range(5):
        now = running_duty.started_at + timedelta(seconds=number + 1)
        make.make_entry(running_duty, officer, text=f"Ke-{number}.", now=now)
    html = sign_in(officer).get(url(running_duty)).content.decode()
    assert "Ke-1." in html
    assert "Ke-4." not in html


def test_statements_do_not_grow(sign_in, officer, running_duty, django_assert_max_num_queries):
    for number in range(15):
        make.make_entry(running_duty, officer, text=f"Catatan {number}")
        make.make_attendance(running_duty, guest_name=f"Tamu {number}")
    client = sign_in(officer)
    with django_assert_max_num_queries(14):
        client.get(url(running_duty))


def test_the_paper_has_a_letterhead_and_who_signs_it(sign_in, officer, running_duty):
    officer.rank = "aipda"
    officer.save()
    with time_machine.travel("2026-11-28T14:00:00+00:00", tick=False):
        page = sign_in(officer).get(url(running_duty)).content.decode()
    head, _, paper = page.partition("<h1>")
    names = ["Polda A", "Polres A", "Polsek A"]
    assert [name for name in names if f"<p>{name}</p>" in head] == names
    assert "A, 28 November 2026" in paper
    assert f"{officer.get_rank_display()} NRP 80010001" in " ".join(paper.split())
