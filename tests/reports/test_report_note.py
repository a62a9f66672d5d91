import pytest

from tests.pictures import jpeg
from tests.reports.report_pages import make_report_in_state, messages_in, page_url


@pytest.fixture(autouse=True)
def media(settings, tmp_path):
    settings.MEDIA_ROOT = tmp_path


def test_for_officers_unless_said_otherwise(sign_in, units, officer):
    report = make_report_in_state("received", units.polsek, officer)
    answer = sign_in(officer).post(
        page_url("report_note", report), {"text": "Ditelepon"}, follow=True
    )
    assert "hanya untuk petugas" in messages_in(answer)
    assert report.timeline.latest("pk").is_public is False
    answer = sign_in(officer).post(
        page_url("report_note", report), {"text": "Kami datang", "is_public": "on"}, follow=True
    )
    assert "dapat dibaca pelapor" in messages_in(answer)
    last = report.timeline.latest("pk")
    assert (last.text, last.is_public, last.actor) == ("Kami datang", True, officer)


def test_with_photos_alone(sign_in, units, officer):
    report = make_report_in_state("received", units.polsek, officer)
    picture = jpeg()
    picture.name = "foto.jpg"
    sign_in(officer).post(page_url("report_note", report), {"photos": [picture]})
    assert report.timeline.latest("pk").photos.count() == 1


def test_two_photos_in_a_row_are_two_and_one_sent_twice_is_one(sign_in, units, officer):
    report = make_report_in_state("received", units.polsek, officer)
    for colour in ((120, 90, 60), (10, 20, 30), (10, 20, 30)):
        sign_in(officer).post(page_url("report_note", report), {"photos": [jpeg(colour=colour)]})
    notes = report.timeline.filter(kind="note")
    assert [note.photos.count() for note in notes] == [1, 1]
    assert len({note.photos.get().large.name for note in notes}) == 2


def test_an_empty_one_is_refused_and_words_outlive_a_bad_photo(sign_in, units, officer):
    report = make_report_in_state("received", units.polsek, officer)
    answer = sign_in(officer).post(page_url("report_note", report), {"text": "  "})
    assert 'id="id_text_error"' in answer.content.decode()
    broken = jpeg()
    broken.name = "foto.jpg"
    broken.seek(0)
    broken.truncate(10)
    answer = sign_in(officer).post(
        page_url("report_note", report), {"text": "Jangan hilang", "photos": [broken]}
    )
    html = answer.content.decode()
    assert 'id="id_photos_error"' in html
    assert "Jangan hilang" in html
    assert report.timeline.count() == 1


def test_a_second_tap_writes_it_once(sign_in, units, officer, commander):
    report = make_report_in_state("received", units.polsek, officer)
    for person in (officer, officer, commander):
        sign_in(person).post(page_url("report_note", report), {"text": "Ditelepon"})
    sign_in(officer).post(page_url("report_note", report), {"text": "Ditelepon", "is_public": "on"})
    written = report.timeline.filter(kind="note").order_by("pk")
    assert [(row.actor, row.is_public) for row in written] == [
        (officer, False),
        (commander, False),
        (officer, True),
    ]
