"""The page on which a table is pasted, looked at and saved.

What was pasted travels in the form only: names, numbers and telephones of people stay out of
sessions and logs. "Save" saves the text that was looked at; a text that has changed since is looked
at again.
"""

import hashlib
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from django import forms
from django.contrib import messages
from django.db import IntegrityError
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.functional import Promise
from django.utils.translation import gettext, ngettext
from django.utils.translation import gettext_lazy as _

from toolkit.tables.plans import Plan, TableRefused
from toolkit.tables.reading import MOST_TEXT, TableSpec
from toolkit.ui.fields import LinesField, UnseenField


@dataclass(frozen=True, order=True)
class TablePage:
    """A page of this kind. `order` is its place where a unit gets started."""

    order: int
    url: str
    label: str | Promise


NOTHING = _("Paste the lines of your spreadsheet here first.")


class PasteForm(forms.Form):
    text = LinesField(
        label=_("the table"),
        max_length=MOST_TEXT,
        strip=False,
        error_messages={"required": NOTHING},
        widget=forms.Textarea(
            attrs={"rows": 8, "spellcheck": "false", "autocomplete": "off", "class": "num"}
        ),
    )
    seen = UnseenField(required=False)


def stamp_of(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()


def paste_page(
    request: HttpRequest,
    template: str,
    *,
    spec: TableSpec,
    plan: Callable[[str], Plan[Any]],
    save: Callable[[str], Plan[Any]],
    pages: Sequence[TablePage],
) -> HttpResponse:
    """`plan` tells what a text would make; `save` makes it, or raises TableRefused."""
    form = PasteForm(request.POST if request.method == "POST" else None)
    found: Plan[Any] | None = None
    text = ""
    if request.method == "POST" and form.is_valid():
        text = form.cleaned_data["text"]
        is_seen = form.cleaned_data["seen"] == stamp_of(text)
        try:
            if request.POST.get("step") == "save" and is_seen:
                messages.success(request, said_of(save(text)))
                return redirect(request.path)
            found = plan(text)
            if not (found.new or found.there or found.mistakes):
                form.add_error("text", NOTHING)
        except TableRefused as refused:
            found = refused.plan
        except IntegrityError:
            # A page of the admin has made one of the rows between the looking and the saving.
            form.add_error(
                None, gettext("Somebody else was faster. Nothing was saved: look again.")
            )
    shown = {
        "form": form,
        "spec": spec,
        # Tabs, as a spreadsheet copies cells: pasted back, they fall into cells again.
        "example": "\t".join(spec.example).rstrip(),
        "plan": found,
        "stamp": stamp_of(text),
        "pages": sorted(pages),
        "at": request.resolver_match and request.resolver_match.view_name,
    }
    return render(request, template, shown)


def said_of(plan: Plan[Any]) -> str:
    """Counts only: a message is kept until it is shown."""
    there = len(plan.there)
    words = []
    if plan.new:
        count = len(plan.new)
        words.append(
            ngettext("%(n)d line is saved.", "%(n)d lines are saved.", count) % {"n": count}
        )
    if there:
        told = ngettext(
            "%(n)d line was there already and is as it was.",
            "%(n)d lines were there already and are as they were.",
            there,
        )
        words.append(told % {"n": there})
    return " ".join(words) or gettext("There was nothing to save.")
