"""The forms of an issue: written down once, and one for each step."""

from datetime import timedelta
from functools import partial
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from accounts.selectors.titles import title_of
from programs.models import Activity, ExplainedWhy, Forum, IssueKind, ResidentIssue, Topic
from programs.models.activities import MOST_RT
from programs.models.issues import TEXT_LENGTH
from programs.selectors.choices import groups_offered, villages_offered
from programs.selectors.issues import owners_offered
from programs.services.issues import IssueDraft
from territory.models import Area
from toolkit.idempotency.fields import SentForm
from toolkit.labels import capitalized_choices
from toolkit.ui.fields import DATES, DateInput, LinesField, UnseenField

SOON = timedelta(days=7)
RT_NUMBER = partial(
    forms.IntegerField,
    required=False,
    min_value=1,
    max_value=MOST_RT,
    widget=forms.NumberInput(attrs={"inputmode": "numeric"}),
)
NO_CHOICE = [("", _("Not chosen"))]


def words_field(label: Any, help_text: Any = "", *, required: bool = True) -> LinesField:
    return LinesField(
        label=label,
        help_text=help_text,
        required=required,
        max_length=TEXT_LENGTH,
        widget=forms.Textarea(attrs={"rows": 4}),
    )


class IssueAddForm(SentForm):
    """What a resident said at a visit or meeting. Nobody's name is asked."""

    activity = UnseenField(required=False)
    forum = UnseenField(required=False)
    kind = forms.ChoiceField(
        label=_("Kind"),
        choices=lambda: capitalized_choices(IssueKind),
        initial=IssueKind.COMPLAINT,
        widget=forms.RadioSelect,
    )
    text = words_field(
        _("What did the resident say?"),
        _("Without names, telephone numbers or NIK: it is read out at the next meeting."),
    )
    village = forms.ChoiceField(label=_("Kelurahan or desa"), required=False)
    rw = RT_NUMBER(label=_("RW"))
    rt = RT_NUMBER(label=_("RT"))
    topic = forms.ChoiceField(
        label=_("Topic"),
        required=False,
        choices=lambda: [*NO_CHOICE, *capitalized_choices(Topic)],
    )
    whose_power = forms.CharField(
        label=_("In whose power is it?"),
        required=False,
        max_length=100,
        help_text=_("Such as lurah, Dishub. Empty: the police."),
    )
    group = forms.ChoiceField(label=_("Agency or group on our list"), required=False)

    def __init__(
        self,
        *args: Any,
        by: User,
        activity: Activity | None = None,
        forum: Forum | None = None,
        **kwargs: Any,
    ) -> None:
        super().__init__(*args, **kwargs)
        self.of_activity, self.of_forum = activity, forum
        self.villages = {str(area.pk): area for area in villages_offered(by)}
        self.groups = {str(group.pk): group for group in groups_offered(by, by.unit)}
        if activity is not None:
            self._begin_at(activity)
        elif forum is not None:
            self._begin_in(forum.village)
            self.initial["forum"] = forum.pk
        elif len(self.villages) == 1:
            self.initial["village"] = next(iter(self.villages))
        for name, rows in (("village", self.villages), ("group", self.groups)):
            if rows:
                choices = [*NO_CHOICE, *((pk, row.name) for pk, row in rows.items())]
                self.fields[name].choices = choices  # type: ignore[attr-defined]
            else:
                del self.fields[name]

    def _begin_at(self, activity: Activity) -> None:
        """Where the visit was, which is where most of those live who spoke."""
        self._begin_in(activity.village)
        self.initial.update(
            activity=activity.pk,
            rw=activity.rw,
            rt=activity.rt,
            topic=activity.topic,
        )

    def _begin_in(self, village: Area | None) -> None:
        if village is not None:
            self.villages.setdefault(str(village.pk), village)
            self.initial["village"] = str(village.pk)

    def clean(self) -> dict[str, Any]:
        data = super().clean() or self.cleaned_data
        if data.get("rt") and not data.get("rw") and "rw" not in self.errors:
            self.add_error("rw", _("Give the RW of this RT."))
        if data.get("rw") and not data.get("village") and "village" not in self.errors:
            place = "village" if "village" in self.fields else "rw"
            self.add_error(place, _("Choose the kelurahan or desa of this RW."))
        return data

    def draft(self) -> IssueDraft:
        data = self.cleaned_data
        same = ("kind", "text", "topic", "rw", "rt", "whose_power")
        return IssueDraft(
            **{name: data[name] for name in same},
            village=self.villages.get(data.get("village") or ""),
            group=self.groups.get(data.get("group") or ""),
            activity=self.of_activity,
            forum=self.of_forum,
            sent=self.sent(),
        )


class IssueStepForm(forms.Form):
    """`seen` is the stamp of the issue that the page showed."""

    seen = UnseenField(required=False)

    def __init__(self, *args: Any, issue: ResidentIssue, by: User, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.issue, self.by = issue, by
        self.initial["seen"] = issue.stamp

    def values(self) -> dict[str, Any]:
        """What the service takes."""
        return dict(self.cleaned_data)

    def show_again(self, issue: ResidentIssue) -> None:
        """Keeps what was typed, for the issue as somebody else has changed it."""
        self.issue = issue
        self.data = {**self.data.dict(), "seen": issue.stamp}  # type: ignore[attr-defined]


def due_field(label: Any) -> forms.DateField:
    return forms.DateField(label=label, widget=DateInput, input_formats=DATES)


class IssuePromiseForm(IssueStepForm):
    answer = words_field(_("What is promised?"), required=False)
    promised_by = forms.CharField(
        label=_("Which office promises it?"),
        max_length=80,
        help_text=_("Such as Kanit Binmas, Kapolsek, lurah."),
    )
    due = due_field(_("Until which day?"))
    owner = forms.ChoiceField(
        label=_("Who does it?"),
        required=False,
        help_text=_("An officer of this unit, who then has it on their list."),
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        issue, today = self.issue, self.issue.unit.today()
        self.owners = {str(one.pk): one for one in owners_offered(issue)}
        if issue.owner is not None:
            self.owners.setdefault(str(issue.owner_id), issue.owner)
        rows = [(pk, one.titled_name) for pk, one in self.owners.items()]
        self.fields["owner"].choices = [*NO_CHOICE, *rows]  # type: ignore[attr-defined]
        if not self.is_bound:
            self.initial.update(
                answer=issue.answer if issue.is_open else "",
                promised_by=issue.promised_by or title_of(self.by, issue.unit, today),
                due=issue.due if issue.due and issue.due >= today else today + SOON,
                owner=str(issue.owner_id or ""),
            )

    def values(self) -> dict[str, Any]:
        return super().values() | {"owner": self.owners.get(self.cleaned_data["owner"])}


class IssueDoneForm(IssueStepForm):
    answer = words_field(
        _("What was done?"), _("It is read out at the next meeting. Without names.")
    )


class IssueExplainForm(IssueStepForm):
    why = forms.ChoiceField(
        label=_("Why not?"),
        choices=lambda: capitalized_choices(ExplainedWhy),
        widget=forms.RadioSelect,
    )
    answer = words_field(
        _("What do we tell the resident?"), _("Why, and who can help. Without names.")
    )


class IssueVerifyForm(IssueStepForm):
    YES, NO = "yes", "no"
    LOOKED, RESIDENT = "looked", "resident"

    verdict = forms.ChoiceField(
        label=_("Is it done?"),
        choices=[(YES, _("Yes, it is done")), (NO, _("No, not yet"))],
        widget=forms.RadioSelect,
    )
    word_of = forms.ChoiceField(
        label=_("Who says so?"),
        choices=[(LOOKED, _("I have looked")), (RESIDENT, _("The resident says so"))],
        widget=forms.RadioSelect,
    )
    text = words_field(_("What did you see or hear?"), required=False)
    due = forms.DateField(
        label=_("If not: until which day now?"),
        required=False,
        widget=DateInput,
        input_formats=DATES,
    )

    def clean(self) -> dict[str, Any]:
        data = super().clean() or self.cleaned_data
        if data.get("verdict") == self.NO:
            if not data.get("text") and "text" not in self.errors:
                self.add_error("text", _("Say what is still missing."))
            if not data.get("due") and "due" not in self.errors:
                self.add_error("due", _("Give the new day."))
        return data

    @property
    def is_done(self) -> bool:
        return bool(self.cleaned_data["verdict"] == self.YES)

    def values(self) -> dict[str, Any]:
        data = self.cleaned_data
        found = {
            "text": data["text"],
            "is_residents_word": data["word_of"] == self.RESIDENT,
            "seen": data["seen"],
        }
        return found if self.is_done else found | {"due": data["due"]}
