import gzip
import re
from pathlib import Path

import minify
import pytest
from django.conf import settings
from django.template.loader import render_to_string
from django.test import RequestFactory
from django.urls import reverse

from kamtibmas_site.views import server_error
from patrols.models import Duty
from patrols.services.duties import start_duty
from patrols.views import night

TEMPLATES = sorted(Path(settings.BASE_DIR, "templates").rglob("*.html"))
STYLESHEET = Path(settings.BASE_DIR, "static", "css", "site.css")


@pytest.mark.parametrize(
    "path", sorted(STYLESHEET.parent.glob("*.css")), ids=lambda path: path.stem
)
def test_a_stylesheet_is_small_on_its_way_and_readable_here(path):
    # As it is served. Brotli, which most phones take, makes it smaller still.
    served = minify.string("text/css", path.read_text())
    assert len(gzip.compress(served.encode())) <= 7_000
    long = [line for line in path.read_text().splitlines() if len(line) > 120]
    assert long == []


def test_every_colour_is_a_token():
    layers = STYLESHEET.read_text().partition("@layer reset {")[2].partition("@layer print {")[0]
    assert re.findall(r"#[0-9a-f]{3,8}\b", layers) == []


@pytest.mark.parametrize("path", TEMPLATES, ids=str)
def test_no_inline_style_or_script(path):
    text = path.read_text()
    assert not re.search(r"\sstyle=|<style|\son\w+=|javascript:", text)
    assert all(
        "src=" in tag or "application/json" in tag for tag in re.findall(r"<script[^>]*>", text)
    )


def test_a_page_that_is_not_there(sign_in, officer):
    response = sign_in(officer).get("/tidak/ada/")
    assert response.status_code == 404
    assert "Tidak ditemukan" in response.content.decode()
    assert "Lainnya" in response.content.decode()


def test_a_broken_page_says_so_in_the_same_look(db):
    response = server_error(RequestFactory().get("/"))
    assert response.status_code == 500
    assert "Ada gangguan di sistem kami" in response.content.decode()


def test_the_phone_may_keep_the_site(client, db):
    manifest = client.get(reverse("manifest")).json()
    assert manifest["start_url"] == "/"


def test_what_went_meanwhile_is_not_there(sign_in, officer, duty, monkeypatch):
    """Two people remove a row at once: the second has seen it, and locks nothing."""

    def gone(**_what):
        raise Duty.DoesNotExist

    monkeypatch.setattr(night, "end_duty", gone)
    start_duty(duty=duty, by=officer)
    client = sign_in(officer)
    client.raise_request_exception = False
    response = client.post(reverse("patrols:duty_end", args=[duty.pk]), {"summary": "Aman"})
    assert response.status_code == 404
    assert "Tidak ditemukan" in response.content.decode()


def test_navigation_has_what_the_role_opens(
    sign_in, volunteer, officer, commander, admin_user, nobody
):
    def places(user):
        page = sign_in(user).get(reverse("accounts:more"))
        return [str(place.label) for place in page.context["nav"].places]

    assert places(nobody) == places(volunteer) == ["Hari ini", "Lainnya"]
    desk = ["Laporan", "Buku mutasi", "Kegiatan", "Keluhan warga", "Tempat", "Kelompok mitra"]
    desk.append("Lainnya")
    assert places(officer) == ["Hari ini", "Malam ini", *desk]
    assert places(commander)[:4] == ["Malam ini", "Hari ini", "Laporan", "Jadwal"]
    assert "Administrasi" in places(admin_user)
    assert "Administrasi" not in places(commander)


def test_at_most_five_places_on_a_phone(sign_in, commander, admin_user, superuser):
    for user in (commander, admin_user, superuser):
        page = sign_in(user).get(reverse("accounts:more"))
        assert sum(place.on_phone for place in page.context["nav"].places) <= 5


def test_home_is_the_board_for_commanders_and_the_own_night_for_others(
    sign_in, commander, officer, volunteer
):
    assert sign_in(commander).get("/").url == reverse("patrols:tonight")
    assert sign_in(officer).get("/").url == reverse("patrols:my_day")
    assert sign_in(volunteer).get("/").url == reverse("patrols:my_day")


def test_the_admin_wears_the_same_look(sign_in, admin_user, settings):
    settings.KAMTIBMAS_DEMO = True
    client = sign_in(admin_user)
    client.cookies["theme"] = "dark"
    page = client.get(reverse("admin:index")).content.decode()
    assert "css/admin" in page
    assert "theme-dark" in page
    assert "CONTOH, tidak dibaca polisi" in page
    assert reverse("account_logout") in page
    assert reverse("account_change_password") in page
    assert reverse("admin:password_change") not in page


def test_places_without_room_below_are_on_the_page_more(sign_in, officer):
    page = sign_in(officer).get(reverse("accounts:more")).content.decode()
    assert "phone-only" in page
    assert page.count(reverse("patrols:duty_list")) == 2


@pytest.mark.parametrize("name", ["400", "403", "403_csrf", "404", "429", "500", "503", "507"])
def test_every_error_page_can_be_shown(name, rf):
    assert "<h1>" in render_to_string(f"{name}.html", request=rf.get("/"))


def test_an_unreadable_request_is_a_400_and_no_500(client, db):
    answer = client.get("/accounts/login/", headers={"host": "bukan.milik.kami"})
    assert answer.status_code == 400
    assert "Permintaan tidak terbaca" in answer.content.decode()
