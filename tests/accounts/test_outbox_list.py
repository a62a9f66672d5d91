from django.urls import reverse

LIST, ME = reverse("accounts:outbox_list"), reverse("accounts:outbox_me")


def test_without_script_the_page_says_what_it_is_for(sign_in, officer):
    page = sign_in(officer).get(LIST).content.decode()
    assert "Belum terkirim" in page
    assert "di HP ini" in page


def test_every_page_of_somebody_signed_in_leads_to_it(sign_in, officer, client):
    assert f'href="{LIST}" hidden' in sign_in(officer).get("/patrols/").content.decode()
    assert LIST not in client.get(reverse("account_login")).content.decode()


def test_me_says_who_is_signed_in(sign_in, officer, django_assert_max_num_queries):
    client = sign_in(officer)
    with django_assert_max_num_queries(2):  # session and person
        answer = client.get(ME)
    found = answer.json()
    assert (found["person"], found["name"]) == (officer.pk, officer.titled_name)
    assert found["token"]
    assert "no-store" in answer.headers["Cache-Control"]


def test_me_tells_nobody_else_anything(client):
    answer = client.get(ME)
    assert (answer.status_code, answer.json()) == (401, {})


def test_each_person_has_other_keys_and_a_new_secret_comes_in_front(
    sign_in, officer, commander, settings
):
    settings.SALT_KEY = ["former"]
    former = sign_in(officer).get(ME).json()["keys"]
    assert sign_in(commander).get(ME).json()["keys"] != former
    settings.SALT_KEY = ["new", "former"]
    both = sign_in(officer).get(ME).json()["keys"]
    assert both[1:] == former
    assert both[0] not in former
