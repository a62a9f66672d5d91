from django.urls import resolve, reverse
from PIL import Image

from kamtibmas_site.settings import BASE_DIR


def test_a_phone_may_keep_the_site(client):
    response = client.get(reverse("manifest"))
    assert response.status_code == 200
    assert response.headers["Content-Type"] == "application/manifest+json"
    found = response.json()
    assert (found["start_url"], found["lang"], found["scope"]) == ("/", "id", "/")
    assert found["display"] == "standalone"
    for icon in found["icons"][1:]:
        file = BASE_DIR / "static" / icon["src"].removeprefix("/static/")
        with Image.open(file) as image:
            assert "{}x{}".format(*image.size) == icon["sizes"]
    assert {icon.get("purpose") for icon in found["icons"]} == {None, "maskable"}


def test_its_shortcuts_lead_an_officer_where_it_says(sign_in, officer, running_duty):
    client = sign_in(officer)
    found = {one["name"]: one["url"] for one in client.get(reverse("manifest")).json()["shortcuts"]}
    assert list(found) == ["Catat", "Lapor", "Tugas malam ini"]
    pages = [resolve(client.get(url, follow=True).request["PATH_INFO"]) for url in found.values()]
    assert [page.url_name for page in pages] == ["entry_add", "report_new", "my_day"]
