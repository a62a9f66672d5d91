"""What no page of ours sends: odd words, headers, query parameters and bodies."""

from random import Random

WORDS = (
    *("", " ", "\x00", "a\x00b", "\ud800", "a\udfffb", "\u202e\u200f", "²", "١٢", "１", "💥" * 50),
    *("x" * 5000, "-1", "0", "1_2", "1 2", "9" * 19, "9" * 30, "9" * 5000, "1.5", "0x10"),
    *("1e308", "-1e308", "1e999", "nan", "NaN", "inf", "-inf", "-0.0", "106.8", "None", "null"),
    *("[]", "{}", "[" * 3000, '{"a":' * 3000, "%", "%s", "%00", "_", "\\", "'\"--", "(", "*", "[a"),
    *("<script>alert(1)</script>", "{{ report.code }}", "../../etc/passwd", "//x.example", "a,b"),
    *("0001-01-01", "9999-12-31", "2026-02-30", "99999-01-01", "-0001-01-01", "2026-13", "12/2026"),
    *("0001-01-01T00:00:00+00:00", "9999-12-31T23:59:59-23:59", "2026-11-29T10:00:00+16:00"),
    *("24:00", "00:00", "23:59:60", "LK-000001", "LW-0000-0000-0000", "on", "true", "False"),
    *("abc", "__class__", "id__gt", "<0001-01-01~1", ">9999-12-31T23:59:59+00:00~9", "<~", "<²~²"),
    *("<nan~1", "<a\x00~1", "<9~" + "9" * 30, "~~~~", "<" + "9" * 30, ">1e5~1", "#", "?", "&=&"),
    *("00000000-0000-0000-0000-000000000000", "urn:uuid:" + "0" * 32, "{" + "f" * 32 + "}"),
    "٢٠٢٦-٠١-٠١",
)
# Where a request says to lead back to: as `next`, or as the page it came from. Python's urlsplit
# raises for some of them.
ADDRESSES = (
    *(
        "http://[",
        "//[",
        "https://]",
        "//a]b",
        "http://[x]",
        "//[::1]:x/",
        "http:///[",
        "///[",
        "[",
    ),
    *("https://x.example/", "//x.example/", "\\\\x.example", "/\\x.example", "foo", "foo:bar", "?"),
    *(
        "javascript:alert(1)",
        "//ｘ℀.example",
        "/\x00",
        "/%5B",
        "/" * 5000,
        "/reports/",
        "/admin/?a=[",
    ),
)
RETURNS = frozenset({"next", "back", "return"})
# In the place of a formset's counts, and of the keys of its rows.
COUNTS = ("0", "1", "2", "3", "", "abc", "-1", "1e3", "9" * 10, "²", "\x00")
ROW_KEYS = ("", "abc", "9" * 21, "0", "1", "-1", "1.5", "²", "\x00", "9" * 19, "[", "\ud800")
# Buttons that a page of the admin may have.
BUTTONS = ("_saveasnew", "_popup", "_continue", "_addanother", "_save")
# In the place of an object's key in an address, already escaped.
KEYS = (
    *(
        "0",
        "1",
        "9" * 18,
        "9" * 19,
        "9" * 40,
        "1_2",
        "1_2F",
        "_00",
        "%C2%B2",
        "%D9%A1",
        "%00",
        "-1",
    ),
    *("abc", "%FF", "1.0", "1%0A", "None", "%EF%BC%91", "add", "1%27", "..%2f1"),
    # The admin writes an odd character of a key as an underscore and its number.
    *(
        "_5B",
        "_FF",
        "_ZZ",
        "_",
        "1_0A",
        "_2F_2F",
        "_C2_B2",
        "_ED_A0_80",
        "%ED%A0%80",
        "%5B",
        "9" * 21,
    ),
)
# The query parameters of our pages and of the admin.
PARAMETERS = (
    *("q", "state", "category", "since", "until", "village", "area", "assignee", "source", "unit"),
    *("page", "find", "purpose", "residents", "download", "next", "o", "code", "into", "seen"),
    *(
        "name",
        "from",
        "show",
        "own",
        "kind",
        "photo",
        "to",
        "last_night",
        "all",
        "review",
        "period",
    ),
    *("p", "e", "ot", "_facets", "_popup", "_to_field", "_changelist_filters", "pop", "field_name"),
    *("app_label", "model_name", "term", "date_hierarchy", "villages", "group", "agency"),
)
LOOKUPS = (
    *("", "exact", "iexact", "in", "range", "regex", "iregex", "isnull", "gt", "lte", "contains"),
    *(
        "startswith",
        "year",
        "month",
        "day",
        "week_day",
        "date",
        "time",
        "hour",
        "pk",
        "id",
        "bogus",
    ),
    *("unaccent", "trigram_similar", "search", "alike", "pk__in", "year__in", "isnull__exact"),
    "date__range",
)
# Fields that forms have; the page's own form is changed too.
FIELDS = (
    *("step", "category", "code", "rate-rating", "rate-text", "reason", "outcome", "lp_number"),
    *("into", "agency", "state", "assignee", "unit", "is_public", "is_sealed", "priority", "seen"),
    *("find", "words", "source", "purpose", "details", "village_name", "reported_at", "title"),
    *("text", "lat", "lon", "accuracy_m", "when", "date", "time", "privacy", "contact_name"),
    *("client_uuid", "device_at", "sent_at", "shown_at", "though_absent", "kind", "people_count"),
    *("checkpoint", "status", "shown", "duty", "elsewhere", "summary", "comment", "theme", "next"),
    *("guest_name", "guest_agency", "person", "replaces", "despite", "action", "last_night", "to"),
    *("login", "password", "username", "villages", "name", "index", "_selected_action", "post"),
    *(
        "_save",
        "_popup",
        "_to_field",
        "_saveasnew",
        "select_across",
        "leader",
        "confirmed_on",
        "photos",
    ),
)
HEADERS: dict[str, tuple[str, ...]] = {
    "HTTP_REFERER": (
        *("foo", "//x.example/", "http://[", "https://testserver:99999/", "\xed\xa0\x80", "\x00"),
        *("javascript:alert(1)", "http://testserver/\xff", "http://testserver/" + "a" * 5000, " "),
        *("http://testserver/reports/", "/", "?", "http://testserver\\@x.example", "foo:bar"),
        *("//[", "https://]", "http://[x]", "http://testserver/[", "http://testserver//[", "://[/"),
    ),
    "HTTP_COOKIE": (
        *("sessionid=; csrftoken=", "sessionid=\x00", "theme=\xff\xfe", "=;=;", "messages=[[1,2"),
        *("sessionid=" + "a" * 5000, "messages=W1tdXQ:1:x", "csrftoken=" + "\xe9" * 32, "a" * 9000),
        *('theme="\\377"; theme=dark', "sessionid=../../x", "kode=x; draft=x"),
    ),
    "HTTP_HOST": ("", "x.example", "testserver:abc", "[::1", "testserver.", "\xff", "a" * 300, "é"),
    "HTTP_ACCEPT_LANGUAGE": ("a-" * 3000, "\x00", "id;q=x", "*" * 600, "\xff"),
    "HTTP_ACCEPT": ("", "application/json", "\x00", "*/*;q=abc", "a/" * 500, "/"),
    "HTTP_ACCEPT_ENCODING": ("gzip", "gzip;q=0", "br;q=abc", "\xff"),
    "HTTP_IF_MODIFIED_SINCE": ("abc", "Mon, 99 Foo 99999 99:99:99 GMT", "0", "\x00"),
    "HTTP_IF_NONE_MATCH": ("abc", '"', "*", "W/" * 500),
    "HTTP_RANGE": ("bytes=0-", "bytes=5-1", "bytes=-99999999999999999999", "abc", "bytes=a-b"),
    "HTTP_X_FORWARDED_FOR": ("abc", "1.2.3.4, \x00", "::::", ",,,", "9" * 500, "1.2.3.4:80"),
    "HTTP_X_FORWARDED_PROTO": ("https", "abc", ""),
    "HTTP_X_REQUESTED_WITH": ("XMLHttpRequest", "\x00", "fetch"),
    "HTTP_ORIGIN": ("null", "foo", "http://[", "https://x.example", "\xff"),
    "HTTP_USER_AGENT": ("", "\x00", "\xff" * 100, "a" * 9000),
    "HTTP_X_HTTP_METHOD_OVERRIDE": ("DELETE",),
    "CONTENT_LENGTH": ("", "0", "abc", "-1", "1", "99999999999", "1.5", "²", "1_0"),
    "CONTENT_TYPE": (
        *("application/x-www-form-urlencoded; charset=latin-1", "text/plain", "", "/", "\xff"),
        *("application/x-www-form-urlencoded; charset=utf-16", "application/json", "a" * 3000),
        *("application/x-www-form-urlencoded; charset=bogus", "multipart/form-data"),
        *("application/x-www-form-urlencoded; charset=\x00", "application/json; charset=utf-16"),
        *("multipart/form-data; boundary=", "multipart/form-data; boundary=a; boundary=b"),
        *("multipart/form-data; boundary=a; charset=utf-16", "multipart/form-data; boundary=\xff"),
        *("multipart/form-data; boundary=" + "a" * 300, "multipart/mixed; boundary=a"),
        *("multipart/form-data; boundary=a; charset=bogus", "charset=utf-7", "application/xml"),
        "multipart/form-data; charset=utf-7; boundary=a",
        "application/x-www-form-urlencoded; charset=rot13",
        "application/x-www-form-urlencoded; charset=hex",
    ),
    "REMOTE_ADDR": ("", "abc", "::1", "127.0.0.1"),
}
METHODS = ("PUT", "HEAD", "OPTIONS", "TRACE", "DELETE", "PATCH", "CONNECT", "FOO", "get", "POST")
BODIES = (
    *(b"", b"\x00", b"\xff" * 50, b"=&=&=", b"&" * 2000, b"a=%", b"a=%zz%00%ff", b"[" * 20_000),
    *(b'{"a": ' * 5_000, b'{"text": 1e999}', b"<!DOCTYPE a [<!ENTITY b SYSTEM 'file:///x'>]>"),
    b"&".join(b"f%d=1" % number for number in range(1_200)),
    b"text=" + b"a" * 1_100_000,
    b"--a\r\n\r\n",
    b'--a\r\nContent-Disposition: form-data; name="text"\r\n\r\nabc',
    b'--a\r\nContent-Disposition: form-data; name="photos"; filename="\x00.jpg"\r\n\r\n\xff\r\n'
    b"--a--",
    b"--a\r\nContent-Disposition: form-data\r\n\r\nabc\r\n--a--",
    b'--a\r\nContent-Disposition: form-data; name="text"\r\nContent-Transfer-Encoding: base64\r\n'
    b"\r\n!!!\r\n--a--",
    b'--a\r\nContent-Disposition: form-data; name="text"\r\nContent-Type: text/plain; charset=bogus'
    b"\r\n\r\nabc\r\n--a--",
    b"--a\r\nContent-Disposition: form-data; name=\"text\"; filename*=utf-8''%ff%00.jpg\r\n\r\nabc"
    b"\r\n--a--",
    b'--a\r\nContent-Disposition: form-data; name="\xff\xfe"\r\n\r\n\xff\xfe\r\n--a--',
    b"".join(
        b'--a\r\nContent-Disposition: form-data; name="photos"; filename="%d.jpg"\r\n\r\nx\r\n' % n
        for n in range(40)
    )
    + b"--a--",
)
FILES = (b"", b"\x00" * 100, b"GIF89a", b"\xff\xd8\xff\xe0" + b"\x00" * 50, b"<svg/>", b"text")


def headers(draw: Random, most: int = 2) -> dict[str, str]:
    names = draw.sample(sorted(HEADERS), draw.randint(1, most))
    return {name: draw.choice(HEADERS[name]) for name in names}


def query(draw: Random, filters: tuple[str, ...], fields: tuple[str, ...]) -> list[tuple[str, str]]:
    """Parameters of a page, or lookups of the admin: `filters` are those of its list."""
    asked = []
    for _number in range(draw.randint(1, 3)):
        name = (
            draw.choice(filters or PARAMETERS) if draw.random() < 0.6 else draw.choice(PARAMETERS)
        )
        if fields and draw.random() < 0.2:
            name = draw.choice(fields)
        if (filters or fields) and draw.random() < 0.6:
            name = f"{name}__{draw.choice(LOOKUPS)}".removesuffix("__")
        asked.append((name, word(draw, name, fields)))
    if draw.random() < 0.1:
        asked.append(("next", word(draw, "next")))
    return asked


def word(draw: Random, name: str, fields: tuple[str, ...] = ()) -> str:
    """A value for the field or the parameter `name`, of a page whose model has `fields`."""
    if name == "_to_field" and fields:
        return draw.choice(fields)
    if name in RETURNS and draw.random() < 0.8:
        return draw.choice(ADDRESSES)
    return draw.choice(WORDS)
