"""Draws requests: a page with odd parameters, its form with odd words, an odd body or method."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from random import Random
from typing import Any
from urllib.parse import urlencode, urljoin

from django.contrib import admin
from django.contrib.admin import SimpleListFilter

from tools.fuzz import odd
from tools.fuzz.addresses import Address
from tools.fuzz.forms import PageForm

FORM, MULTIPART = "application/x-www-form-urlencoded", "multipart/form-data; boundary=a"
TOTAL = "-TOTAL_FORMS"
Pairs = list[tuple[str, str]]


@dataclass(frozen=True)
class Sent:
    """One request. `headers` are names of the WSGI environment. `checks_csrf`: as a foreign site
    would send it."""

    method: str
    path: str
    query: str = ""
    body: bytes = b""
    content_type: str = FORM
    headers: Mapping[str, str] = field(default_factory=dict)
    checks_csrf: bool = False

    def told(self) -> str:
        """For a report of a failure; long words are cut."""
        extra = {name: value[:80] for name, value in self.headers.items()}
        parts = [self.method, self.path[:120], f"?{self.query[:200]}", str(extra)]
        return " ".join([*parts, self.content_type[:80], repr(self.body[:400])])


def encoded(pairs: Pairs) -> str:
    """As bytes of a form, half a character too."""
    return urlencode(pairs, errors="surrogatepass")


def parts(pairs: Pairs, files: list[tuple[str, bytes]]) -> bytes:
    """The same as the parts of a multipart body."""
    lines = []
    for name, value in pairs:
        head = f'--a\r\nContent-Disposition: form-data; name="{name}"\r\n\r\n{value}\r\n'
        lines.append(head.encode(errors="surrogatepass"))
    for name, content in files:
        head = f'--a\r\nContent-Disposition: form-data; name="{name}"; filename="a.jpg"\r\n\r\n'
        lines.append(head.encode(errors="surrogatepass") + content + b"\r\n")
    return b"".join(lines) + b"--a--\r\n"


def list_filters(address: Address) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """The filters and the columns of an admin list."""
    if address.model is None:
        return (), ()
    filters: list[str] = []
    for one in admin.site.get_model_admin(address.model).list_filter or ():
        found: Any = one[0] if isinstance(one, list | tuple) else one
        if isinstance(found, type) and issubclass(found, SimpleListFilter):
            filters.append(str(found.parameter_name))
        else:
            filters.append(str(found))
    columns = [column.name for column in address.model._meta.get_fields()]
    return tuple(filters), tuple(columns)


def changed(draw: Random, form: PageForm) -> Pairs:
    """The form as it stands with a few fields changed, some of them to odd words."""
    pairs = list(form.fields)
    for name, values in form.offered.items():
        if draw.random() < 0.5 and values:
            pairs = [pair for pair in pairs if pair[0] != name] + [(name, draw.choice(values))]
    pairs = [
        (
            name,
            value or (draw.choice(["Kenari", "12", "2026-11-20"]) if draw.random() < 0.5 else ""),
        )
        for name, value in pairs
    ]
    if form.buttons and draw.random() < 0.8:
        pairs.append(draw.choice(form.buttons))
    names = sorted({*(name for name, _value in pairs), *form.offered})
    for _number in range(draw.choice([0, 1, 1, 1, 2, 4])):
        name = draw.choice(names) if names and draw.random() < 0.85 else draw.choice(odd.FIELDS)
        dice = draw.random()
        if dice < 0.1:
            pairs = [pair for pair in pairs if pair[0] != name]
        elif dice < 0.2:
            pairs.append((name, odd.word(draw, name)))
        else:
            pairs = [pair for pair in pairs if pair[0] != name] + [(name, odd.word(draw, name))]
    if draw.random() < 0.1:
        pairs.append(("next", odd.word(draw, "next")))
    return with_rows(draw, pairs)


def with_rows(draw: Random, pairs: Pairs) -> Pairs:
    """With rows in the formsets of an admin's page, odd counts of them, and odd keys of rows."""
    found = [name.removesuffix(TOTAL) for name, _value in pairs if name.endswith(TOTAL)]
    for prefix in dict.fromkeys(found):
        if draw.random() < 0.4:
            continue
        fresh = f"{prefix}-__prefix__-"
        for number in range(draw.randint(1, 2)):
            for name in [name for name, _value in pairs if name.startswith(fresh)]:
                value = draw.choice(
                    odd.ROW_KEYS if draw.random() < 0.5 else ["", "1", "2026-11-20"]
                )
                pairs.append((name.replace("__prefix__", str(number)), value))
            if draw.random() < 0.8:
                pairs.append((f"{prefix}-{number}-id", draw.choice(odd.ROW_KEYS)))
        for count in (TOTAL, "-INITIAL_FORMS"):
            pairs.append(
                (prefix + count, draw.choice(odd.COUNTS if draw.random() < 0.3 else "012"))
            )
    if found and draw.random() < 0.15:
        pairs.append((draw.choice(odd.BUTTONS), "1"))
    return pairs


def sent_form(draw: Random, page: str, form: PageForm) -> Sent:
    """`page` is the address on which the form stands."""
    pairs = changed(draw, form)
    path = urljoin(page, form.action or page).partition("?")[0]
    if form.method != "post":
        return Sent("GET", path, encoded(pairs))
    extra = odd.headers(draw, 1) if draw.random() < 0.1 else {}
    csrf = draw.random() < 0.05
    if draw.random() < (0.6 if form.files else 0.1):
        names = form.files or [draw.choice(odd.FIELDS)]
        files = [(draw.choice(names), draw.choice(odd.FILES)) for _n in range(draw.randint(0, 2))]
        return Sent("POST", path, "", parts(pairs, files), MULTIPART, extra, csrf)
    return Sent("POST", path, "", encoded(pairs).encode(), FORM, extra, csrf)


def any_request(draw: Random, address: Address, path: str) -> Sent:
    """A request that needs no form of the page."""
    filters, columns = list_filters(address)
    asked = encoded(odd.query(draw, filters, columns)) if draw.random() < 0.7 else ""
    extra = odd.headers(draw) if draw.random() < 0.3 else {}
    csrf = draw.random() < 0.1
    dice = draw.random()
    if dice < 0.6:
        return Sent("GET", path, asked, headers=extra)
    if dice < 0.7:
        body = draw.choice(odd.BODIES)
        return Sent(draw.choice(odd.METHODS), path, asked, body, headers=extra, checks_csrf=csrf)
    if dice < 0.82:
        kind = draw.choice([FORM, MULTIPART, draw.choice(odd.HEADERS["CONTENT_TYPE"])])
        return Sent("POST", path, asked, draw.choice(odd.BODIES), kind, extra, csrf)
    names = draw.sample(odd.FIELDS, draw.randint(1, 12))
    pairs = [(name, draw.choice(odd.WORDS)) for name in names]
    kind = draw.choice([FORM, FORM, FORM, *odd.HEADERS["CONTENT_TYPE"][:1]])
    return Sent("POST", path, asked, encoded(pairs).encode(), kind, extra, csrf)
