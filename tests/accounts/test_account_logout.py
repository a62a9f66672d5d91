from django.urls import reverse

LOGOUT = reverse("account_logout")


def test_asks_first_then_signs_out(sign_in, officer):
    client = sign_in(officer)
    assert "Keluar?" in client.get(LOGOUT).content.decode()
    assert "_auth_user_id" in client.session
    assert client.post(LOGOUT).url == reverse("account_login")
    assert "_auth_user_id" not in client.session
