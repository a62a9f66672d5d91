from typing import Any

from django.http import HttpResponse
from django.shortcuts import render

from accounts.views.requests import SignedIn
from territory.models import Unit
from territory.selectors.history import news_of
from toolkit.editing import EditForm


def edit_page(
    request: SignedIn, template: str, context: dict[str, Any], unit: Unit, status: int = 200
) -> HttpResponse:
    """The page of ``context["form"]``, an `EditForm` of a row of the unit.

    Where somebody else has changed the row meanwhile it says what (409).
    """
    form: EditForm = context["form"]
    if form.conflict is None:
        return render(request, template, context, status=status)
    context["news"] = news_of(form.conflict, request.user, unit)
    return render(request, template, context, status=409)
