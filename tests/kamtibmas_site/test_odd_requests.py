"""Headers and lookups that no page of ours sends get a page, never a failure."""

import pytest
from django.contrib import admin
from django.http import HttpResponse, QueryDict
from django.test import Client, RequestFactory
from django.urls import reverse

from tests.test_access import TABLE, path_of, rows  # noqa: F401
from toolkit.serving.requests import Request, read_form

FORM = "application/x-www-form-urlencoded"
MODELS = sorted(admin.site._registry, key=lambda model: model._meta.label)
ANSWERED = (200, 302, 303, 400, 403)


@pytest.fixture
def patient(superuser):
    """A client that gets the page a person would get after a failure."""
    client = Client(raise_request_exception=False)
    client.force_login(superuser)
    return client


@pytest.mark.parametrize("charset", ["latin-1", "utf-16", "bogus"])
def test_a_form_in_another_charset_is_answered(patient, rows, charset):  # noqa: F811
    for name, (_method, key, *_rest) in TABLE.items():
        kind = f"{FORM}; charset={charset}"
        answer = patient.generic("POST", path_of(name, rows, key), b"text=caf%E9", kind)
        assert answer.status_code < 500, name


@pytest.mark.parametrize("path", ["/nowhere/", "/patrols/tonight/", "/lapor/"])
@pytest.mark.parametrize("kind", [f"{FORM}; charset=latin-1", FORM])
def test_a_form_that_cannot_be_read_is_answered_at_any_address(patient, path, kind):
    """The page for an unknown address looks for a token in the form, too."""
    body = b"text=" + b"a" * 1_100_000  # more than a form may hold
    assert patient.generic("POST", path, body, kind).status_code in (400, 413)


def test_the_page_of_a_request_that_cannot_be_read(patient):
    kind = f"{FORM}; charset=latin-1"
    answer = patient.generic("POST", reverse("reports:report_send"), b"text=caf%E9", kind)
    assert answer.status_code == 400
    assert "<h1" in answer.content.decode()


@pytest.mark.parametrize(
    "odd",
    [
        {"CONTENT_TYPE": f"{FORM}; charset=rot13", "QUERY_STRING": "a=1"},
        {"CONTENT_TYPE": f"{FORM}; charset=\0"},
        {"CONTENT_TYPE": "a" * 20_000 + "; charset=x"},
        {"CONTENT_LENGTH": "abc"},
        {"CONTENT_LENGTH": "-1"},
        {"CONTENT_LENGTH": "²"},
    ],
)
def test_a_header_that_django_cannot_read_counts_as_none(odd):
    environ = {**RequestFactory()._base_environ(PATH_INFO="/", REQUEST_METHOD="POST"), **odd}
    request = Request(environ)
    assert not request.POST
    assert not request.body
    assert QueryDict(odd.get("QUERY_STRING", "")) == request.GET


@pytest.mark.parametrize("charset", ["rot13", "\0"])
def test_a_content_type_that_django_cannot_read_is_none(charset):
    environ = RequestFactory()._base_environ(REQUEST_METHOD="POST", QUERY_STRING="a=1")
    request = Request({**environ, "CONTENT_TYPE": f"{FORM}; charset={charset}"})
    assert (request.content_type, request.content_params) == ("", {})


def test_a_phone_that_went_away_is_answered_by_whoever_needs_the_form():
    class Gone:
        def read(self, *_size):
            raise OSError

        readline = read

    kind = {"CONTENT_TYPE": FORM, "CONTENT_LENGTH": "9", "wsgi.input": Gone()}
    request = Request({**RequestFactory()._base_environ(REQUEST_METHOD="POST"), **kind})
    assert read_form(lambda _request: HttpResponse("page"))(request).content == b"page"
    assert not request.POST


@pytest.mark.parametrize(
    "referer",
    [
        *("foo", "foo:bar", "http://[", "//testserver/reports/", "http://testserver\\@x.example/"),
        *("http://testserver:99999/", "javascript:alert(1)", "http://testserver/\xff", "\0", "?"),
        *("https://x.example/", "http://testserver//x.example/", "http://testserver"),
    ],
)
def test_the_theme_leads_back_to_a_page_of_ours_only(db, referer):
    client = Client(raise_request_exception=False)
    address = reverse("accounts:theme_set")
    answer = client.post(address, {"theme": "dark"}, headers={"referer": referer})
    assert answer.status_code == 302
    assert answer.url.startswith("/")
    assert not answer.url.startswith("//")


@pytest.mark.parametrize("model", MODELS, ids=lambda model: model._meta.label)
def test_the_admin_answers_any_address(patient, rows, model):  # noqa: F811
    name = f"admin:{model._meta.app_label}_{model._meta.model_name}"
    listed, added = reverse(f"{name}_changelist"), reverse(f"{name}_add")
    key = model._base_manager.values_list("pk", flat=True).first()
    columns = [column.name for column in model._meta.get_fields()]
    model_admin = admin.site.get_model_admin(model)
    filters = [getattr(one, "parameter_name", one) for one in model_admin.list_filter or ()]
    asked = [(listed, {f"{one}__{how}": "("}) for one in filters for how in ("regex", "iregex")]
    asked += [(listed, {f"{one}__{how}": "1"}) for one in filters for how in ("range", "year")]
    asked += [(added, {column: "abc"}) for column in columns]
    for to_field in ("", "bogus", "id", *columns):
        asked += [(path, {"_to_field": to_field, "_popup": "1"}) for path in (listed, added)]
        if key:
            asked.append((reverse(f"{name}_change", args=[key]), {"_to_field": to_field}))
    for path, query in asked:
        answer = patient.get(path, query)
        assert answer.status_code in ANSWERED, (path, query)


@pytest.mark.parametrize("key", ["abc", "", "9" * 40, "1.5", "\0", "²"])
def test_an_action_on_a_key_that_is_none_does_nothing(patient, rows, superuser, key):  # noqa: F811
    request = RequestFactory().get("/")
    request.user = superuser
    for model in MODELS:
        model_admin = admin.site.get_model_admin(model)
        path = reverse(f"admin:{model._meta.app_label}_{model._meta.model_name}_changelist")
        for action in model_admin.get_actions(request):
            sent = {"action": action, "_selected_action": key, "index": "0"}
            assert patient.post(path, sent).status_code in ANSWERED, (path, action)


def test_a_posted_key_that_is_none_is_an_error_beside_its_field(patient, rows):  # noqa: F811
    """An autocomplete field asked the database for any word."""
    sent = {"name": "Jadwal", "route": "abc", "officers": "abc", "unit": "9" * 40}
    answer = patient.post(reverse("admin:patrols_schedule_add"), sent)
    assert answer.status_code == 200
    assert {"route", "officers", "unit"} <= set(answer.context["adminform"].form.errors)
