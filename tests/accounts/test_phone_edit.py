import pytest
from django.urls import reverse

from accounts.models import User

URL = reverse("accounts:phone_edit")
MORE = reverse("accounts:more")


def test_see_change_and_empty(sign_in, officer):
    client = sign_in(officer)
    html = client.get(MORE).content.decode()
    assert "belum ada" in html
    assert f'href="{URL}"' in html
    answer = client.post(URL, {"phone": "0860 0000 1234"}, follow=True)
    assert answer.redirect_chain[0][0] == MORE
    assert "0860-0000-1234" in answer.content.decode()
    assert User.objects.get(pk=officer.pk).phone == "+6286000001234"
    assert 'value="0860-0000-1234"' in client.get(URL).content.decode()
    client.post(URL, {"phone": ""})
    assert User.objects.get(pk=officer.pk).phone == ""


@pytest.mark.parametrize("typed", ["12", "nomor saya", "0812-x", "9" * 40, "\0"])
def test_what_is_no_number_is_said_beside_the_field(sign_in, officer, typed):
    answer = sign_in(officer).post(URL, {"phone": typed})
    assert answer.status_code == 200
    html = answer.content.decode()
    assert 'id="id_phone_error"' in html
    assert User.objects.get(pk=officer.pk).phone == ""


def test_a_number_of_another_country_stays_what_it_is(sign_in, officer):
    officer.phone = "+60123456789"
    officer.save()
    client = sign_in(officer)
    shown = client.get(URL).context["form"]["phone"]
    typed = shown.field.widget.format_value(shown.value())
    client.post(URL, {"phone": typed})
    assert User.objects.get(pk=officer.pk).phone == "+60123456789"


def test_a_volunteer_keeps_the_own_number_too(sign_in, volunteer, officer):
    sign_in(volunteer).post(URL, {"phone": "086000001234"})
    assert User.objects.get(pk=volunteer.pk).phone == "+6286000001234"
    assert User.objects.get(pk=officer.pk).phone == ""
