"""The leader's page with the code of the minute, and who has come so far."""

import re
from datetime import timedelta

from django.urls import reverse

from patrols.services.rollcall import sign_in_by_code
from tests.patrols.test_duty_present import TEN, apel, clock, row_of, shown  # noqa: F401


def test_the_code_is_dark_on_white_without_styles(client, apel, officer):  # noqa: F811
    page = shown(client, reverse("patrols:duty_code", args=[apel.pk]), officer)
    picture = re.search(r"<svg viewBox.*?</svg>", page)[0]
    assert 'fill="#fff"' in picture
    assert 'stroke="#000"' in picture
    assert "style" not in picture


def test_the_leaders_page_counts_up(client, apel, officer, volunteer):  # noqa: F811
    path = reverse("patrols:duty_code", args=[apel.pk])
    assert "0 dari 2" in shown(client, path, officer)
    sign_in_by_code(attendance=row_of(apel, volunteer), by=volunteer)
    page = shown(client, path)
    assert "1 dari 2" in page
    assert volunteer.name in page
    assert "masuk dengan kode" in shown(client, reverse("patrols:duty_rollcall", args=[apel.pk]))


def test_the_leaders_page_before_and_after(client, apel, officer, clock):  # noqa: F811
    path = reverse("patrols:duty_code", args=[apel.pk])
    clock.move_to(TEN - timedelta(hours=5), tick=False)
    page = shown(client, path, officer)
    assert "<svg viewBox" not in page
    assert "20.00 WIB" in page
    clock.move_to(TEN + timedelta(hours=9), tick=False)
    assert "tugas sudah selesai" in shown(client, path)
    roll = shown(client, reverse("patrols:duty_rollcall", args=[apel.pk]))
    assert path not in roll
