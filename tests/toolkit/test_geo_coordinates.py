import contextlib

import pytest
from django.core.exceptions import ValidationError
from hypothesis import given
from hypothesis import strategies as st

from toolkit.geo.coordinates import Point, read_coordinates
from toolkit.geo.forms import CoordinatesField

HERE = (-6.1478, 106.801)


@pytest.mark.parametrize(
    "text",
    [
        "-6.1478, 106.8010",
        "-6.1478,106.8010",
        "-6.1478 106.8010",
        "-6.1478;106.8010",
        "-6,1478, 106,8010",
        "-6,1478,106,8010",
        "-6,1478 106,8010",
        "−6.1478°, 106.8010°",
        "(-6.1478, 106.8010)",
        "lat: -6.1478, lon: 106.8010",
        "Lintang -6,1478 Bujur 106,8010",
        "\n-6.1478\t106.8010 ",
        "6.1478 LS, 106.8010 BT",
        "6,1478° LS 106,8010° BT",
        "106.8010 BT, 6.1478 LS",
        "S 6.1478 E 106.8010",
        "6.1478S 106.8010E",
        "https://maps.google.com/?q=-6.1478,106.8010",
        "https://maps.google.com/?q=-6.1478%2C106.8010",
        "https://www.google.com/maps?q=loc:-6.1478,106.801&z=17",
        "https://www.google.com/maps/search/?api=1&query=-6.1478%2C106.8010",
        "https://www.google.com/maps/place/X/@-6.2,106.9,17z/data=!3m1!3d-6.1478!4d106.8010",
        "https://www.google.com/maps/@-6.1478,106.8010,17z",
        "https://www.google.com/maps/search/-6.1478,+106.8010?entry=tts",
        "https://www.openstreetmap.org/?mlat=-6.1478&mlon=106.8010#map=17/-6.2/106.9",
        "https://www.openstreetmap.org/#map=17/-6.1478/106.8010",
        "Pos kami: https://maps.google.com/?q=-6.1478,106.8010 (malam)",
        "-6.1478, 106.8010 https://maps.app.goo.gl/AbCdEf123",
        "https://maps.app.goo.gl/AbCdEf123\n-6,1478, 106,8010",
        "https://maps.app.goo.gl/AbC https://maps.google.com/?q=-6.1478,106.8010",
        "https://maps.apple.com/place?coordinate=-6.1478,106.8010&name=Pos",
        "https://www.google.com/maps/@?api=1&map_action=map&center=-6.1478%2C106.8010",
        "geo:-6.1478,106.8010",
        "geo:0,0?q=-6.1478,106.8010(Pos)",
        "geo:-6.1478,106.801;u=35",
    ],
)
def test_what_people_paste_is_read(text):
    assert read_coordinates(text) == pytest.approx(HERE)


@pytest.mark.parametrize(
    "text",
    [
        "6°08'52\"S 106°48'04\"E",
        "6°08′52″S, 106°48′04″E",
        "6°08’52”S 106°48’04”E",
        "6° 8' 52\" LS 106° 48' 4\" BT",
        "S 6°08'52\" E 106°48'04\"",
        "-6°08'52\" 106°48'04\"",
        "6°08''52''S 106°48'04''E".replace("08''", "08'"),
        "6°8,8667'S 106°48,0667'E",
    ],
)
def test_minutes_and_seconds_are_read(text):
    assert read_coordinates(text) == pytest.approx((-6.147778, 106.801111), abs=2e-6)


def refusal(text):
    with pytest.raises(ValidationError) as refused:
        read_coordinates(text)
    return refused.value.code, refused.value.messages[0]


@pytest.mark.parametrize(
    "text",
    [
        "106.8010, -6.1478",
        "106,8010 -6,1478",
        "https://maps.google.com/?q=106.8010,-6.1478",
        "geo:106.8010,-6.1478",
    ],
)
def test_swapped_degrees_are_told_with_what_is_meant(text):
    code, said = refusal(text)
    assert code == "swapped"
    assert "-6.1478, 106.801" in said


@pytest.mark.parametrize("text", ["0, 0", "52.5, 13.4", "-6.1478, -106.8", "-96, 106", "999 999"])
def test_what_is_not_in_indonesia_is_refused(text):
    assert refusal(text)[0] == "outside"


@pytest.mark.parametrize(
    "text",
    [
        *("Tambora", "-6.1478", "1 2 3", "-6.1478, x", "°'\"", "6°S", "6S 106S", "6E 106E"),
        *("٦٫١, ١٠٦٫٨", "١, ٢", "-6.1478, 106.8010, 5", "\x00", "1e3, 5", "nan, nan", "9" * 400),
    ],
)
def test_what_is_no_place_is_said_so(text):
    assert refusal(text)[0] in ("unreadable", "outside")


def test_a_short_link_says_what_to_do():
    code, said = refusal("https://maps.app.goo.gl/AbCdEf123")
    assert code == "unreadable"
    assert said != refusal("Tambora")[1]


@given(st.text(max_size=60))
def test_no_text_is_an_error_of_the_server(text):
    with contextlib.suppress(ValidationError):
        assert isinstance(read_coordinates(text), Point)


@given(st.floats(-11, 6), st.floats(95, 141))
def test_what_is_shown_is_read_again_as_it_is(lat, lon):
    point = Point(round(lat, 9), round(lon, 9))
    assert read_coordinates(str(point)) == point


def test_the_field_gives_a_point_or_nothing_and_shows_it_again():
    field = CoordinatesField(required=False)
    assert field.clean("-6,1478, 106,8010") == pytest.approx(HERE)
    assert field.clean("") is None
    assert field.prepare_value(Point(-6.1478, 106.801)) == "-6.1478, 106.801"
    assert field.prepare_value("Tambora") == "Tambora"
    assert not field.has_changed(Point(-6.1478, 106.801), "-6.1478, 106.801")
    assert field.has_changed(Point(-6.1478, 106.801), "")
    assert field.has_changed(Point(-6.1478, 106.801), "Tambora")
