from typing import Any

from django import forms
from django.contrib.admin.helpers import ACTION_CHECKBOX_NAME
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.template.response import TemplateResponse

from territory.admin.base import ScopedAdmin, shown_in_admin


def action_page(
    model_admin: ScopedAdmin,
    request: HttpRequest,
    rows: QuerySet[Any],
    form: forms.Form,
    *,
    action: str,
    title: str,
    button: str,
) -> HttpResponse:
    """The page on which an action of the list asks for what it needs before it runs."""
    context = {
        **model_admin.admin_site.each_context(request),
        "title": title,
        "opts": model_admin.opts,
        "rows": rows,
        "adminform": shown_in_admin(form, model_admin),
        "errors": form.errors,
        "hidden": [("action", action), ("apply", "1")]
        + [(ACTION_CHECKBOX_NAME, str(row.pk)) for row in rows],
        "button": button,
        "media": model_admin.media + form.media,
    }
    return TemplateResponse(request, "admin/action_form.html", context)
