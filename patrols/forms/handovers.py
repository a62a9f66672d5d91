from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.forms.boundfield import BoundField
from django.utils.translation import gettext_lazy as _

from patrols.models import Attendance, Condition, Duty, PostItem
from patrols.selectors.handovers import taker_of
from patrols.services.handovers import LineDraft, Taker
from toolkit.idempotency.fields import SentForm
from toolkit.ui.fields import LinesField

SOMEBODY_ELSE = "other"
LONGEST_NAME = 100


def condition_choices(item: PostItem) -> list[tuple[str, Any]]:
    """Of one thing all three; of several the number says how many are missing."""
    found: list[tuple[str, Any]] = [
        (Condition.GOOD, _("In order")),
        (Condition.BROKEN, _("Broken")),
    ]
    return [*found, (Condition.MISSING, _("Gone"))] if item.wanted == 1 else found


class CountFields:
    """The fields in which a person says how many there are of an item, and how they are."""

    def __init__(self, item: PostItem, *, is_copy: bool = False) -> None:
        self.item = item
        is_one = item.wanted == 1
        state = item.condition if is_one or item.present else Condition.GOOD
        self.condition = forms.ChoiceField(
            label=str(item),
            choices=condition_choices(item),
            initial=state,
            widget=forms.RadioSelect,
        )
        self.remark = forms.CharField(
            label=_("Remark"),
            max_length=200,
            required=False,
            initial=item.remark if item.is_troubled and not is_copy else "",
            widget=forms.TextInput(attrs={"autocomplete": "off"}),
        )
        self.present = None if is_one else self._number(item)

    @staticmethod
    def _number(item: PostItem) -> forms.TypedChoiceField:
        numbers = [
            (n, _("%(n)d of %(wanted)d") % {"n": n, "wanted": item.wanted})
            for n in range(item.wanted, -1, -1)
        ]
        return forms.TypedChoiceField(
            label=_("How many there are"),
            coerce=int,
            choices=numbers,
            initial=min(item.present, item.wanted),
        )

    def add_to(self, form: forms.Form, prefix: str = "") -> None:
        form.fields[f"{prefix}condition"] = self.condition
        if self.present is not None:
            form.fields[f"{prefix}present"] = self.present
        form.fields[f"{prefix}remark"] = self.remark


def count_in(data: dict[str, Any], prefix: str = "") -> tuple[int, str, str]:
    """How many, how they are, and the remark."""
    condition = str(data[f"{prefix}condition"])
    one = 0 if condition == Condition.MISSING else 1
    return data.get(f"{prefix}present", one), condition, data[f"{prefix}remark"]


@dataclass(frozen=True)
class ItemRow:
    """The fields of one item on the page."""

    item: PostItem
    condition: BoundField
    present: BoundField | None
    remark: BoundField


class HandoverForm(SentForm):
    """What is handed over, as it was known last, so that a tap corrects what has changed; and to
    whom. A phone may send it with things that the post has got or lost since; a copy that it
    keeps shows no remarks."""

    taker = forms.CharField(label=_("Who takes over"), widget=forms.RadioSelect)
    taker_name = forms.CharField(
        label=_("Name of who takes over"),
        max_length=LONGEST_NAME,
        required=False,
        help_text=_(
            "Who is not in the next roll, such as the head of the RT, or the next duty has none."
        ),
    )
    text = LinesField(
        label=_("Note"),
        max_length=1000,
        required=False,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text=_("What the next ones must know: guests expected, a gate left open, a promise."),
    )

    def __init__(
        self,
        *args: Any,
        duty: Duty,
        items: Sequence[PostItem],
        takers: Sequence[Attendance],
        is_copy: bool = False,
        **kwargs: Any,
    ) -> None:
        super().__init__(*args, **kwargs)
        self.duty = duty
        # Of what the page did not show nothing is said.
        names = set(self.data) if self.is_bound else None
        self.items = [
            item for item in items if names is None or f"item_{item.pk}_condition" in names
        ]
        for item in self.items:
            CountFields(item, is_copy=is_copy).add_to(self, f"item_{item.pk}_")
        choices = [(str(row.pk), row.person_name) for row in takers]
        if choices:
            widget = self.fields["taker"].widget
            widget.choices = [*choices, (SOMEBODY_ELSE, _("Somebody else"))]
            self.fields["taker_name"].label = _("Name of somebody else")
        else:
            self.fields["taker"].required = False
            self.fields["taker"].widget = forms.HiddenInput()
            self.fields["taker_name"].widget.attrs["required"] = True
            self.initial.setdefault("taker", SOMEBODY_ELSE)

    def rows(self) -> Iterator[ItemRow]:
        for item in self.items:
            name = f"item_{item.pk}_"
            present = self[f"{name}present"] if f"{name}present" in self.fields else None
            yield ItemRow(item, self[f"{name}condition"], present, self[f"{name}remark"])

    def clean(self) -> dict[str, Any]:
        data = super().clean() or self.cleaned_data
        key, name = data.get("taker", ""), data.get("taker_name", "").strip()
        row = taker_of(key, self.duty) if key and key != SOMEBODY_ELSE else None
        if row is not None:
            data["who"] = Taker(row.person_name[:LONGEST_NAME], row)
        elif name:
            data["who"] = Taker(name)
        elif "taker" not in self.errors:
            is_gone = key not in ("", SOMEBODY_ELSE)
            self.add_error("taker_name", ValidationError(self._why_nobody(is_gone=is_gone)))
        return data

    @staticmethod
    def _why_nobody(*, is_gone: bool) -> str:
        if is_gone:
            return str(_("Who was chosen is in no roll any more. Write the name."))
        return str(_("Write who takes over: both are named."))

    def lines(self) -> list[LineDraft]:
        return [
            LineDraft(item.pk, *count_in(self.cleaned_data, f"item_{item.pk}_"))
            for item in self.items
        ]


class ConfirmForm(forms.Form):
    difference = LinesField(
        label=_("What is different"),
        max_length=500,
        required=False,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text=_("Leave it empty where everything is as written above."),
    )
