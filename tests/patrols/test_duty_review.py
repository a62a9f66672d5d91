import pytest
from django.urls import reverse
from django.utils import timezone

from patrols.models import Duty, EntryKind, EntryPhoto
from patrols.selectors.log import tally_of
from patrols.services.duties import end_duty, review_duty, start_duty
from patrols.workflow import ReviewState
from tests import factories as make
from tests.pictures import jpeg
from toolkit.photos.clean import clean_photo


@pytest.fixture
def ended(duty, officer):
    duty = start_duty(duty=duty, by=officer)
    make.make_entry(duty, officer, text="Pemuda diimbau pulang")
    return end_duty(duty=duty, by=officer, summary="Situasi aman terkendali")


def url(duty):
    return reverse("patrols:duty_review", args=[duty.pk])


def review_of(duty):
    return Duty.objects.get(pk=duty.pk)


def test_shows_what_is_to_be_decided(sign_in, commander, ended):
    html = sign_in(commander).get(url(ended)).content.decode()
    assert "Situasi aman terkendali" in html
    assert "Pemuda diimbau pulang" in html
    assert "Bhabin A" in html
    assert "Setujui" in html
    assert reverse("patrols:duty_log", args=[ended.pk]) in html


def test_the_word_of_the_commander_is_a_comment(sign_in, commander, ended):
    html = sign_in(commander).get(url(ended)).content.decode()
    assert ">Komentar" in html


def test_approves_with_name_and_time(sign_in, commander, ended):
    response = sign_in(commander).post(url(ended), {"action": "approve"}, follow=True)
    assert "Buku mutasi Patroli A disetujui." in response.content.decode()
    duty = review_of(ended)
    assert duty.review == ReviewState.APPROVED
    assert duty.reviewed_by == commander
    assert duty.reviewed_at <= timezone.now()
    html = sign_in(commander).get(url(ended)).content.decode()
    assert "Terakhir diputuskan Kapolsek A" in html


def test_returns_with_a_comment(sign_in, commander, officer, ended):
    response = sign_in(commander).post(
        url(ended), {"action": "return", "comment": "Lengkapi nama saksi"}, follow=True
    )
    assert "dikembalikan" in response.content.decode()
    assert review_of(ended).review == ReviewState.RETURNED
    html = sign_in(commander).get(url(ended)).content.decode()
    assert "Lengkapi nama saksi" in html
    assert "belum mengirim ulang" in html
    review_duty(duty=ended, by=officer, action="submit")
    assert "Setujui" in sign_in(commander).get(url(ended)).content.decode()


def test_an_approved_log_can_be_returned_after_all(sign_in, commander, ended):
    review_duty(duty=ended, by=commander, action="approve")
    client = sign_in(commander)
    html = client.get(url(ended)).content.decode()
    assert 'value="approve"' not in html
    assert 'value="return"' in html
    client.post(url(ended), {"action": "return", "comment": "Foto tertukar"})
    assert review_of(ended).review == ReviewState.RETURNED


def test_a_return_without_comment_is_said_beside_the_field(sign_in, commander, ended):
    response = sign_in(commander).post(url(ended), {"action": "return", "comment": "  "})
    assert response.status_code == 200
    assert response.context["form"].errors["comment"]
    html = response.content.decode()
    assert 'id="id_comment_error"' in html
    assert 'aria-invalid="true"' in html
    assert review_of(ended).review == ReviewState.WAITING


def test_a_comment_too_long_is_kept(sign_in, commander, ended):
    response = sign_in(commander).post(url(ended), {"action": "return", "comment": "a" * 2001})
    assert response.context["form"].errors["comment"]
    assert "a" * 2001 in response.content.decode()


def test_somebody_was_faster(sign_in, commander, ended):
    review_duty(duty=ended, by=commander, action="approve")
    response = sign_in(commander).post(url(ended), {"action": "approve"})
    assert response.status_code == 200
    assert "sudah disetujui" in response.content.decode()


def test_a_duty_that_goes_on_cannot_be_decided(sign_in, commander, running_duty):
    html = sign_in(commander).get(url(running_duty)).content.decode()
    assert "setelah tugas diakhiri" in html
    assert 'name="action"' not in html
    sign_in(commander).post(url(running_duty), {"action": "approve"})
    assert review_of(running_duty).review == ReviewState.NONE


def test_only_who_may_review(sign_in, officer, operator, volunteer, admin_user, ended):
    for person in (officer, operator, volunteer, admin_user):
        client = sign_in(person)
        assert client.get(url(ended)).status_code == 403
        assert client.post(url(ended), {"action": "approve"}).status_code == 403
    assert review_of(ended).review == ReviewState.WAITING


def test_outside_it_is_not_found(sign_in, neighbour, nobody, ended):
    for person in (neighbour, nobody):
        assert sign_in(person).get(url(ended)).status_code == 404
        assert sign_in(person).post(url(ended), {"action": "approve"}).status_code == 404


def test_a_long_log_is_cut_with_a_way_on(sign_in, commander, ended, monkeypatch):
    monkeypatch.setattr("patrols.views.command.ENTRIES_TO_REVIEW", 2)
    html = sign_in(commander).get(url(ended)).content.decode()
    assert "baca semuanya" in html


def test_statements(sign_in, commander, ended, django_assert_max_num_queries):
    client = sign_in(commander)
    with django_assert_max_num_queries(14):
        client.get(url(ended))


def test_the_photos_are_seen_before_deciding(sign_in, commander, running_duty, officer):
    make.make_entry(running_duty, officer, photos=(clean_photo(jpeg()),))
    end_duty(duty=running_duty, by=officer)
    photo = EntryPhoto.objects.get()
    page = sign_in(commander).get(reverse("patrols:duty_review", args=[running_duty.pk]))
    assert reverse("patrols:photo_view", args=[photo.pk, "small"]) in page.content.decode()


def test_the_tally_counts_entries_once_however_many_photos_they_have(running_duty, officer):
    make.make_entry(running_duty, officer, people_count=3, photos=(clean_photo(jpeg()),) * 2)
    make.make_entry(running_duty, officer, people_count=4, photos=(clean_photo(jpeg()),))
    make.make_entry(running_duty, officer, people_count=5)
    tally = tally_of(running_duty)
    assert tally.by_kind[EntryKind.OBSERVATION] == 3
    assert (tally.people, tally.photos) == (12, 3)
