"""Where a request says to lead back to: a page of ours or the start, and never a failure."""

import pytest
from django.test import Client

BROKEN = [
    *("http://[", "//[", "https://]", "//a]b", "http://[x]", "http://[::1", "//[::1]:x/", "[", "]"),
    *("http://x.example\\@[", "///[", "\\\\[", "http:///[", "//ｘ℀.example", "http://a:b:c/", "\0"),
    *("/\\[", "javascript:[", "\ud800", "//\ud800]", "/%5B" * 3000, "http://[" + "1:" * 5000),
    *("https://x.example/", "//x.example"),
]
ADDRESSES = ["/accounts/login/", "/accounts/logout/", "/admin/login/", "/admin/", "/admin/logout/"]


@pytest.fixture(params=[False, True], ids=["nobody", "superuser"])
def visitor(request, superuser):
    client = Client(raise_request_exception=False)
    if request.param:
        client.force_login(superuser)
    return client


def leads_outside(answer):
    target = answer.headers.get("Location", "/")
    return not target.startswith("/") or target.startswith(("//", "/\\"))


@pytest.mark.parametrize("address", ADDRESSES)
@pytest.mark.parametrize("method", ["get", "post"])
def test_the_next_page_is_one_of_ours(visitor, address, method, superuser):
    superuser.set_password("kata-sandi-panjang")
    superuser.save()
    typed = {"login": superuser.username, "password": "kata-sandi-panjang"}
    for broken in BROKEN:
        asked = broken.encode(errors="surrogatepass").decode("latin-1")
        for where in ({"next": broken}, {}):
            sent = {**typed, **where}
            body = "&".join(f"{k}={v}" for k, v in sent.items())
            answer = visitor.generic(
                method.upper(),
                address,
                body.encode(errors="surrogatepass") if method == "post" else b"",
                "application/x-www-form-urlencoded",
                QUERY_STRING=f"next={asked}",
                HTTP_REFERER=broken.encode(errors="surrogatepass").decode("latin-1"),
            )
            assert answer.status_code < 500, (address, method, broken)
            assert not leads_outside(answer), (address, method, broken)
