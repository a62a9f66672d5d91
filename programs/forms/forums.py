"""The forms of a meeting: planned, changed; and those of residents who scanned its QR."""

from datetime import UTC, datetime, time, timedelta
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from programs.forms.issues import NO_CHOICE, RT_NUMBER, words_field
from programs.models import Forum, IssueKind, ResidentIssue
from programs.selectors.choices import kinds_offered, villages_offered
from programs.services.forums import ForumDraft
from programs.services.issues import IssueDraft
from territory.models import Unit
from toolkit.editing import EditForm, plain
from toolkit.idempotency.fields import ClientUUIDField, SentForm
from toolkit.labels import capitalized_choices
from toolkit.sharing.text import without_numbers
from toolkit.ui.fields import DATES, TIMES, DateInput, TimeInput

USUAL_KIND = "friday_talk"
USUAL_START, USUAL_END = time(9), time(11)


def time_field(label: Any) -> forms.TimeField:
    return forms.TimeField(label=label, widget=TimeInput, input_formats=TIMES)


class ForumFields(forms.Form):
    """Hours are those of the unit's clock; an end before the start is on the next day."""

    name = forms.CharField(label=_("Name"), max_length=120)
    kind = forms.ChoiceField(label=_("Kind"))
    on = forms.DateField(label=_("Date"), widget=DateInput, input_formats=DATES)
    begins = time_field(_("Begins"))
    until = time_field(_("Ends"))
    place = forms.CharField(label=_("Place"), max_length=120, help_text=_("Such as Balai RW 05."))
    village = forms.ChoiceField(
        label=_("Kelurahan or desa"),
        required=False,
        help_text=_("Empty: for the whole area of the unit."),
    )

    def offer(self, user: User, home: Unit, forum: Forum | None = None) -> None:
        """Fills in the choices. Call it in `__init__`."""
        self.home = home
        self.kinds = {kind.code: kind for kind in kinds_offered(user)}
        self.villages = {str(area.pk): area for area in villages_offered(user)}
        if forum is not None:
            self.kinds.setdefault(forum.kind.code, forum.kind)
            if forum.village is not None:
                self.villages.setdefault(str(forum.village_id), forum.village)
        kinds = [(code, kind.label) for code, kind in self.kinds.items()]
        villages = [(pk, area.name) for pk, area in self.villages.items()]
        self.fields["kind"].choices = kinds  # type: ignore[attr-defined]
        self.fields["village"].choices = [*NO_CHOICE, *villages]  # type: ignore[attr-defined]

    def written(self) -> dict[str, Any]:
        """Fields of a ForumDraft."""
        data = self.cleaned_data
        starts_at = datetime.combine(data["on"], data["begins"], self.home.zone)
        ends_at = datetime.combine(data["on"], data["until"], self.home.zone)
        if ends_at < starts_at:
            ends_at += timedelta(days=1)
        return {
            "kind": self.kinds[data["kind"]],
            "name": data["name"],
            "starts_at": starts_at,
            "ends_at": ends_at,
            "place": data["place"],
            "village": self.villages.get(data["village"]),
        }


class ForumAddForm(ForumFields):
    client_uuid = ClientUUIDField()

    def __init__(self, *args: Any, by: User, home: Unit, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.offer(by, home)
        if not self.is_bound:
            self.initial.update(begins=USUAL_START, until=USUAL_END)
            if USUAL_KIND in self.kinds:
                usual = self.kinds[USUAL_KIND]
                self.initial.update(kind=USUAL_KIND, name=usual.label)

    def draft(self) -> ForumDraft:
        return ForumDraft(**self.written(), client_uuid=self.cleaned_data["client_uuid"])


def _in_utc(value: Any) -> Any:
    """As the row has it."""
    return value.astimezone(UTC) if isinstance(value, datetime) else value


class ForumEditForm(EditForm, ForumFields):
    WATCHED = ("kind", "name", "starts_at", "ends_at", "place", "village")

    def __init__(self, *args: Any, by: User, forum: Forum, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.forum = forum
        self.offer(by, forum.unit, forum)
        starts, ends = (at.astimezone(forum.unit.zone) for at in (forum.starts_at, forum.ends_at))
        self.initial.update(
            name=forum.name,
            kind=forum.kind.code,
            on=starts.date(),
            begins=starts.time(),
            until=ends.time(),
            place=forum.place,
            village=str(forum.village_id or ""),
        )
        self.watch(forum, self.WATCHED)

    def wanted_values(self) -> dict[str, Any]:
        return {name: plain(_in_utc(value)) for name, value in self.written().items()}

    def shown_for(self, values: dict[str, Any]) -> dict[str, Any]:
        """The fields of the form that show these columns."""
        shown: dict[str, Any] = {name: values[name] for name in ("name", "place") if name in values}
        if "kind" in values:
            codes = {kind.pk: kind.code for kind in self.kinds.values()}
            shown["kind"] = codes.get(values["kind"], "")
        if "village" in values:
            shown["village"] = str(values["village"] or "")
        for name, field in (("starts_at", "begins"), ("ends_at", "until")):
            if name in values:
                at = datetime.fromisoformat(values[name]).astimezone(self.home.zone)
                shown[field] = at.time()
                if name == "starts_at":
                    shown["on"] = at.date()
        return shown

    def draft(self) -> ForumDraft:
        return ForumDraft(**self.written())


class SignInForm(forms.Form):
    """A resident is there. Nobody asks who it is."""

    client_uuid = ClientUUIDField()
    rw = RT_NUMBER(label=_("RW"))


class SayForm(SentForm):
    """What a resident says to the meeting, without a name."""

    kind = forms.ChoiceField(
        label=_("Is it a complaint or a wish?"),
        choices=lambda: capitalized_choices(IssueKind),
        initial=IssueKind.COMPLAINT,
        widget=forms.RadioSelect,
    )
    text = words_field(
        _("What do you want to say or ask?"),
        _("Nobody learns who wrote it. Write no names and no telephone numbers."),
    )
    rw = RT_NUMBER(label=_("RW"))
    rt = RT_NUMBER(label=_("RT"))

    def __init__(self, *args: Any, forum: Forum, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.forum = forum
        if forum.village is None:
            del self.fields["rw"], self.fields["rt"]

    def clean(self) -> dict[str, Any]:
        data = super().clean() or self.cleaned_data
        if data.get("rt") and not data.get("rw") and "rw" not in self.errors:
            self.add_error("rw", _("Give the RW of this RT."))
        return data

    def draft(self) -> IssueDraft:
        data = self.cleaned_data
        return IssueDraft(
            kind=data["kind"],
            text=data["text"],
            village=self.forum.village,
            rw=data.get("rw"),
            rt=data.get("rt"),
            forum=self.forum,
            sent=self.sent(),
        )


class IssuePublishForm(forms.Form):
    """The words that everybody may read."""

    public_text = words_field(_("What was said, for everybody"), _("Without names and numbers."))
    public_answer = words_field(
        _("What we answer, for everybody"), _("Without names and numbers."), required=False
    )

    def __init__(self, *args: Any, issue: ResidentIssue, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.initial = {
            "public_text": issue.public_text or without_numbers(issue.text),
            "public_answer": without_numbers(issue.answer) or issue.public_answer,
        }
