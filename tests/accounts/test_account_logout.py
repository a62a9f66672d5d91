from django.urls import reverse

LOGOUT = reverse("account_logout")


def test_asks_first_then_signs_out(sign_in, officer):
    client = sign_in(officer)
    assert "Keluar?" in client.get(LOGOUT).content.decode()
    assert "_auth_user_id" in client.session
    assert client.post(LOGOUT).url == reverse("account_login")
    assert "_auth_user_id" not in client.session


def test_the_sign_in_page_then_says_so(sign_in, officer):
    page = sign_in(officer).post(LOGOUT, follow=True).content.decode()
    assert "Anda sudah keluar." in page
