"""Forms inside the admin's pages, as no page sends them: an answer each time, never a failure."""

from urllib.parse import urlencode

import pytest
from django.contrib import admin
from django.test import Client
from django.urls import reverse

from tests.test_access import rows  # noqa: F401

MODELS = sorted(admin.site._registry, key=lambda model: model._meta.label)
WITH_ROWS = [model for model in MODELS if admin.site.get_model_admin(model).inlines]
NUMBERS = ["abc", "", "-1", "3", "9" * 5000]
IDS = ["abc", "9" * 21, "", "0", "-1", "\0", "9" * 19, "\ud800"]
# The admin writes an odd character of a key as an underscore and its number.
KEYS = [
    *("_5B", "%5B", "_00", "%00", "_ZZ", "%FF", "%ED%A0%80", "_2F_2F", "9" * 21, "0_0A", "%0A"),
    *("_", "__", "_C2_B2", "%C2%B2", "1.0", "1e3", "None", "%2e%2e", "_ED_A0_80", "_F0_9F"),
]
LED = (302, 403, 404)


@pytest.fixture
def patient(superuser):
    client = Client(raise_request_exception=False)
    client.force_login(superuser)
    return client


def page_of(patient, path):
    """The fields as the page shows them, and the prefixes of the inlines."""
    answer = patient.get(path)
    if answer.status_code != 200 or "adminform" not in answer.context:
        return None, []
    sent = {}
    forms = [answer.context["adminform"].form]
    inlines = [inline.formset for inline in answer.context["inline_admin_formsets"]]
    for formset in inlines:
        forms += [formset.management_form, *formset.forms, formset.empty_form]
    for form in forms:
        for bound in form:
            value = bound.value()
            if value not in (None, False):
                sent[bound.html_name] = value if not hasattr(value, "pk") else value.pk
    return sent, inlines


def pages_of(model):
    name = f"admin:{model._meta.app_label}_{model._meta.model_name}"
    key = model._base_manager.values_list("pk", flat=True).first()
    pages = [reverse(f"{name}_add")]
    return pages + ([reverse(f"{name}_change", args=[key])] if key else [])


def ask(patient, path, sent):
    body = urlencode(list(sent.items()), errors="surrogatepass")
    answer = patient.generic("POST", path, body, "application/x-www-form-urlencoded")
    assert answer.status_code < 500, (path, sent)
    return answer


@pytest.fixture(params=WITH_ROWS, ids=lambda model: model._meta.label)
def pages(request, patient, rows):  # noqa: F811
    """The pages of a model: address, fields, and the formsets."""
    found = [(path, *page_of(patient, path)) for path in pages_of(request.param)]
    found = [page for page in found if page[2]]
    assert found
    return found


def without(sent, name):
    return {kept: value for kept, value in sent.items() if kept != name}


def test_the_number_of_rows(patient, pages):
    for path, sent, inlines in pages:
        for inline in inlines:
            for name in ("TOTAL_FORMS", "INITIAL_FORMS"):
                for number in NUMBERS:
                    ask(patient, path, {**sent, f"{inline.prefix}-{name}": number})
                ask(patient, path, without(sent, f"{inline.prefix}-{name}"))


def test_far_too_many_rows(patient, rows):  # noqa: F811
    """Django makes two thousand at most."""
    path = reverse("admin:patrols_route_add")
    sent, (inline,) = page_of(patient, path)
    assert ask(patient, path, {**sent, f"{inline.prefix}-TOTAL_FORMS": "9" * 10}).status_code == 200


@pytest.mark.parametrize("initial", [0, 2])
def test_the_key_of_a_row(patient, pages, initial):
    for path, sent, inlines in pages:
        for inline in inlines:
            prefix = inline.prefix
            key = inline.model._meta.pk.name
            parent = inline.fk.name
            counts = {f"{prefix}-TOTAL_FORMS": "2", f"{prefix}-INITIAL_FORMS": str(initial)}
            for number in IDS:
                for field in (key, parent):
                    odd = {f"{prefix}-{n}-{field}": number for n in range(2)}
                    ask(patient, path, {**sent, **counts, **odd})
            ask(
                patient, path, {k: v for k, v in sent.items() if not k.endswith(f"-{key}")} | counts
            )
            taken = {f"{prefix}-0-{key}": inline.model._base_manager.first()}
            taken = {name: row.pk for name, row in taken.items() if row}
            ask(patient, path, {**sent, **counts, **taken})


def test_odd_names_of_buttons(patient, pages):
    for path, sent, _inlines in pages:
        for name in ("_saveasnew", "_popup", "_to_field", "_continue", "_addanother", "form_key"):
            for word in ("1", "\0", "\ud800"):
                ask(patient, path, {**sent, name: word})


@pytest.mark.parametrize("page", ["change", "history", "delete"])
def test_an_odd_key_in_the_address(patient, rows, page):  # noqa: F811
    for model in WITH_ROWS:
        listed = reverse(f"admin:{model._meta.app_label}_{model._meta.model_name}_changelist")
        for key in KEYS:
            path = f"{listed}{key}/{page}/"
            assert patient.get(path).status_code in LED, path
            assert patient.get(f"{path}?_popup=1&_to_field=id").status_code in LED, path
            assert patient.post(path, {"post": "yes", "_saveasnew": "1"}).status_code in LED, path
