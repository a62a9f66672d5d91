"""Reads coordinates as people paste them: decimal or in minutes and seconds, or a link of a map."""

import re
from typing import NamedTuple
from urllib.parse import unquote

from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from toolkit.geo.points import is_in_indonesia

LONGEST = 500
NUMBER = r"[+-]?\d{1,3}(?:[.,]\d{1,20})?"
PAIR = re.compile(rf"({NUMBER})(?:\s*[,;]\s*|\s+)({NUMBER})")
# Where links hold the place that is meant, the surest first; after @ is the middle of the picture.
POINTED = r"(-?\d{1,3}\.\d{1,20})"
WHOLE = r"(-?\d{1,3}(?:\.\d{1,20})?)"
NAMED = "q|query|ll|sll|destination|daddr|coordinate|center"
IN_LINKS = [
    re.compile(rf"!3d{POINTED}!4d{POINTED}"),
    re.compile(rf"[?&](?:{NAMED})=(?:loc:)?\s*{WHOLE},[\s+]*{WHOLE}"),
    re.compile(rf"[?&]mlat={WHOLE}&mlon={WHOLE}"),
    re.compile(rf"/(?:search|place|dir)/\+?{POINTED},[\s+]*{POINTED}"),
    re.compile(rf"@{POINTED},{POINTED}"),
    re.compile(rf"#map=\d+(?:\.\d+)?/{POINTED}/{POINTED}"),
    re.compile(rf"^geo:{WHOLE},{WHOLE}"),
]
LINK = re.compile(r"https?://\S+|geo:\S+", re.IGNORECASE)
# Lintang selatan and utara, bujur timur and barat; N, S, E, W; one letter never stands alone.
SIDES = {"S": "S", "LS": "S", "N": "N", "LU": "N", "U": "N"}
SIDES |= {"E": "E", "T": "E", "BT": "E", "W": "W", "BB": "W", "B": "W"}
SIDE = "|".join(sorted(SIDES, key=len, reverse=True))
ANGLE = (
    r"(\d{1,3}(?:[.,]\d{1,20})?)\s*°?\s*"
    r"(?:(\d{1,2}(?:[.,]\d{1,20})?)\s*'\s*(?:(\d{1,2}(?:[.,]\d{1,20})?)\s*\"?\s*)?)?"
)
AFTER = re.compile(rf"{ANGLE}({SIDE})[\s,;]*{ANGLE}({SIDE})", re.IGNORECASE)
BEFORE = re.compile(rf"({SIDE})\s*{ANGLE}[\s,;]*({SIDE})\s*{ANGLE}", re.IGNORECASE)
SIGNED = re.compile(rf"([+-]?){ANGLE}[\s,;]+([+-]?){ANGLE}")
ALIKE = str.maketrans("−–º˚′’‘`´″”“\xa0", "--°°'''''\"\"\" ")
NAMES = re.compile(r"\b(?:lat(?:itude)?|lon(?:gitude)?|lng|lintang|bujur)\b\s*[:=]?", re.IGNORECASE)

UNREADABLE = _("Write latitude and longitude, such as -6.1478, 106.8010, or paste a map's link.")
NO_COORDINATES = _(
    "This link does not tell the coordinates. Open it, press on the place and copy the coordinates."
)


class Point(NamedTuple):
    """In WGS 84 degrees."""

    lat: float
    lon: float

    def __str__(self) -> str:
        """As people paste it and `read_coordinates` reads it, to a tenth of a millimetre."""
        return ", ".join(f"{value:.9f}".rstrip("0").rstrip(".") for value in self)


def read_coordinates(text: str) -> Point:
    """Raises ValidationError, which says in words of the page what is wrong."""
    text = text[:LONGEST].translate(ALIKE).replace("''", '"').strip()
    links = LINK.findall(text)
    point = next(filter(None, map(_in_link, links)), None)
    if point is None:
        # The coordinates may stand beside a short link that does not tell them.
        text = LINK.sub(" ", text).strip()
        point = _sided(text) or _decimal(text) or _signed(text)
    if point is None:
        raise ValidationError(NO_COORDINATES if links else UNREADABLE, code="unreadable")
    return _checked(*point)


def _checked(lat: float, lon: float) -> Point:
    if is_in_indonesia(lat, lon):
        return Point(lat, lon)
    if is_in_indonesia(lon, lat):
        raise ValidationError(
            _("Latitude and longitude are swapped. Did you mean %(point)s?"),
            code="swapped",
            params={"point": Point(lon, lat)},
        )
    raise ValidationError(
        _("%(point)s is not in Indonesia. Latitude comes first, with a minus in the south."),
        code="outside",
        params={"point": Point(lat, lon)},
    )


def _number(text: str) -> float:
    return float(text.replace(",", "."))


def _in_link(link: str) -> Point | None:
    link = unquote(link)
    found = next(filter(None, (pattern.search(link) for pattern in IN_LINKS)), None)
    return Point(float(found[1]), float(found[2])) if found else None


def _decimal(text: str) -> Point | None:
    text = NAMES.sub(" ", text).strip(" ()[],;").replace("°", "")
    found = PAIR.fullmatch(text)
    return Point(_number(found[1]), _number(found[2])) if found else None


def _sided(text: str) -> Point | None:
    """With letters, which say which of the two is which."""
    if found := AFTER.fullmatch(text):
        one, other = _angle(*found.groups()[:3]), _angle(*found.groups()[4:7])
        sides = found[4], found[8]
    elif found := BEFORE.fullmatch(text):
        one, other = _angle(*found.groups()[1:4]), _angle(*found.groups()[5:8])
        sides = found[1], found[5]
    else:
        return None
    first, second = (SIDES[side.upper()] for side in sides)
    one, other = (
        -value if side in "SW" else value for value, side in ((one, first), (other, second))
    )
    if first in "NS" and second in "EW":
        return Point(one, other)
    return Point(other, one) if first in "EW" and second in "NS" else None


def _signed(text: str) -> Point | None:
    """In minutes and seconds with a minus instead of a letter."""
    found = SIGNED.fullmatch(text)
    if not found:
        return None
    one, other = _angle(*found.groups()[1:4]), _angle(*found.groups()[5:8])
    return Point(-one if found[1] == "-" else one, -other if found[5] == "-" else other)


def _angle(degrees: str, minutes: str | None, seconds: str | None) -> float:
    value = _number(degrees) + _number(minutes or "0") / 60 + _number(seconds or "0") / 3600
    return round(value, 9)
