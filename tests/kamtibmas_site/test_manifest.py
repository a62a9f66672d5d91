from django.urls import reverse


def test_a_phone_may_keep_the_site(client):
    response = client.get(reverse("manifest"))
    assert response.status_code == 200
    assert response.headers["Content-Type"] == "application/manifest+json"
    found = response.json()
    assert (found["start_url"], found["lang"]) == ("/", "id")
    assert found["icons"][0]["src"].startswith("/static/")
