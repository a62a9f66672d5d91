"""Noting that something of a post is mended."""

from tests import factories as make
from tests.patrols.test_handovers import post  # noqa: F401
from tests.patrols.test_post_detail import page, url


def test_mended_and_open_again(sign_in, officer, commander, post):  # noqa: F811
    fault, client = make.make_fault(post, officer), sign_in(commander)
    for note in ("Swadaya warga", "Lagi"):
        answer = client.post(url("fault_mend", fault), {"note": note})
        assert answer.url == url("post_detail", post)
    assert "Tidak ada yang rusak" in page(client, post)
    html = client.get(url("fault_mend", fault)).content.decode()
    assert "Swadaya warga" in html
    assert 'name="note"' not in html
    client.post(url("fault_mend", fault), {"back": "1"})
    assert "Lampu mati" in page(client, post)


def test_a_long_note_is_refused_and_kept(sign_in, officer, post):  # noqa: F811
    fault = make.make_fault(post, officer)
    answer = sign_in(officer).post(url("fault_mend", fault), {"note": "x" * 201})
    assert answer.context["form"].errors["note"]
    assert "x" * 201 in answer.content.decode()


def test_a_second_note_is_not_lost_in_silence(sign_in, officer, commander, post):  # noqa: F811
    fault = make.make_fault(post, officer)
    sign_in(commander).post(url("fault_mend", fault), {"note": "Swadaya warga"})
    answer = sign_in(officer).post(url("fault_mend", fault), {"note": "Diganti PLN"}, follow=True)
    assert "Catatan Anda tidak tersimpan: “Diganti PLN”" in answer.content.decode()
