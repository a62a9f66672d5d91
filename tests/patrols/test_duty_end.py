from django.urls import reverse

from patrols.models import EntryKind
from patrols.services.duties import end_duty
from patrols.workflow import DutyState, ReviewState
from tests import factories as make


def url(duty):
    return reverse("patrols:duty_end", args=[duty.pk])


def test_proposes_what_the_log_holds_and_no_more(sign_in, officer, running_duty):
    point = running_duty.route.checkpoints.first()
    make.make_entry(running_duty, officer, kind=EntryKind.CHECK_IN, text="", checkpoint_id=point.pk)
    make.make_entry(running_duty, officer, kind=EntryKind.CONTACT, people_count=4)
    make.make_entry(running_duty, officer)
    response = sign_in(officer).get(url(running_duty))
    summary = response.context["form"]["summary"].value()
    for part in ("1", "4"):
        assert part in summary
    make.make_entry(running_duty, officer, kind=EntryKind.FINDING, text="Kabel menjuntai")
    after = sign_in(officer).get(url(running_duty)).context["form"]["summary"].value()
    assert after.count("\n") < summary.count("\n")  # it no longer says that nothing was found


def test_ends_with_the_summary(sign_in, officer, running_duty):
    response = sign_in(officer).post(url(running_duty), {"summary": "Aman semua"})
    assert response["Location"] == reverse("patrols:duty_detail", args=[running_duty.pk])
    running_duty.refresh_from_db()
    assert running_duty.state == DutyState.ENDED
    assert running_duty.review == ReviewState.WAITING
    assert running_duty.summary == "Aman semua"


def test_a_summary_too_long_is_kept_and_named(sign_in, officer, running_duty):
    long = "panjang " * 600
    response = sign_in(officer).post(url(running_duty), {"summary": long})
    assert response.context["form"].errors["summary"]
    assert long.strip() in response.content.decode()


def test_an_ended_or_planned_duty_says_so(sign_in, officer, duty):
    response = sign_in(officer).get(url(duty))
    assert response["Location"] == reverse("patrols:duty_detail", args=[duty.pk])


def test_a_colleague_was_faster_and_nothing_typed_is_lost(sign_in, officer, running_duty):
    end_duty(duty=running_duty, by=officer, summary="Dari rekan")
    response = sign_in(officer).post(url(running_duty), {"summary": "Ketikan saya"})
    assert response.status_code == 200
    html = response.content.decode()
    assert "Ketikan saya" in html
    assert "Tugas ini sudah selesai." in html
    running_duty.refresh_from_db()
    assert running_duty.summary == "Dari rekan"


def test_forbidden_and_absent(sign_in, volunteer, neighbour, running_duty):
    assert sign_in(volunteer).post(url(running_duty)).status_code == 403
    assert sign_in(neighbour).post(url(running_duty)).status_code == 404
    running_duty.refresh_from_db()
    assert running_duty.state == DutyState.RUNNING


def test_statements(sign_in, officer, running_duty, django_assert_max_num_queries):
    for number in range(8):
        make.make_entry(running_duty, officer, text=f"Catatan {number}")
    client = sign_in(officer)
    with django_assert_max_num_queries(8):
        client.get(url(running_duty))
