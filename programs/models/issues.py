from typing import Self

import pgtrigger
from django.conf import settings
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from partners.models import PartnerGroup
from programs.models.activities import MOST_RT, Activity, Topic
from programs.models.forums import Forum
from programs.workflow import OPEN_ISSUES, IssueState
from reports.models import Report
from territory.models import Area, UnitScoped, UnitScopedQuerySet, scope_indexes, unit_stays
from territory.scope import Viewer
from toolkit.database.append_only import append_only
from toolkit.idempotency.models import SentOnce
from toolkit.labels import Labelled
from toolkit.schema import history, one_of

OLDEST_FIRST = ("at", "pk")
TEXT_LENGTH = 1000


class IssueKind(models.TextChoices):
    COMPLAINT = "complaint", _("complaint")
    WISH = "wish", _("wish")


class ExplainedWhy(models.TextChoices):
    NOT_OURS = "not_ours", _("not within the power of the police")
    CANNOT = "cannot", _("cannot be done")


class ResidentIssueQuerySet(UnitScopedQuerySet["ResidentIssue"]):
    def open(self) -> Self:
        return self.filter(state__in=OPEN_ISSUES)


@history()
class ResidentIssue(UnitScoped, SentOnce):
    """A complaint or wish of a resident, with what the police answered and what became of it.

    `at` is when it was said. Whose it is, is not kept: it stays with the village, RW and RT.
    `promised_by` is an office, `owner` the officer who is to do it.
    """

    kind = models.CharField(_("kind"), max_length=9, choices=IssueKind)
    topic = models.CharField(_("field"), max_length=8, choices=Topic, blank=True)
    text = models.TextField(_("what the resident said"), max_length=TEXT_LENGTH)
    village = models.ForeignKey(
        Area,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        db_index=False,
        verbose_name=_("kelurahan or desa"),
    )
    rw = models.PositiveSmallIntegerField(
        _("RW"),
        null=True,
        blank=True,
        validators=[MinValueValidator(1), MaxValueValidator(MOST_RT)],
    )
    rt = models.PositiveSmallIntegerField(
        _("RT"),
        null=True,
        blank=True,
        validators=[MinValueValidator(1), MaxValueValidator(MOST_RT)],
    )
    activity = models.ForeignKey(
        Activity,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="issues",
        verbose_name=_("activity"),
    )
    forum = models.ForeignKey(
        Forum,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="issues",
        verbose_name=_("meeting"),
    )
    whose_power = models.CharField(_("in whose power"), max_length=100, blank=True)
    group = models.ForeignKey(
        PartnerGroup,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        db_index=False,
        verbose_name=_("agency or group"),
    )
    state = models.CharField(
        _("state"), max_length=9, choices=IssueState, default=IssueState.NEW, editable=False
    )
    promised_by = models.CharField(_("promised by"), max_length=80, blank=True)
    owner = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("who does it"),
    )
    due = models.DateField(_("due"), null=True, blank=True)
    answer = models.TextField(_("answer"), max_length=TEXT_LENGTH, blank=True)
    explained_why = models.CharField(
        _("why not"), max_length=8, choices=ExplainedWhy, blank=True, editable=False
    )
    done_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        db_index=False,
        verbose_name=_("done by"),
    )
    verified_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        db_index=False,
        verbose_name=_("checked by"),
    )
    public_text = models.TextField(
        _("what everybody may read"), max_length=TEXT_LENGTH, blank=True, editable=False
    )
    public_answer = models.TextField(
        _("the answer that everybody may read"),
        max_length=TEXT_LENGTH,
        blank=True,
        editable=False,
    )
    published_at = models.DateTimeField(_("published"), null=True, blank=True, editable=False)
    author = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        db_index=False,
        verbose_name=_("written down by"),
    )
    at = models.DateTimeField(_("at"))
    received_at = models.DateTimeField(_("received"), editable=False)
    changed_at = models.DateTimeField(_("changed"), editable=False)

    objects = ResidentIssueQuerySet.as_manager()

    class Meta(UnitScoped.Meta):
        abstract = False
        verbose_name = _("resident's issue")
        verbose_name_plural = _("residents' issues")
        ordering = ["at", "pk"]
        constraints = [
            one_of("issue", "kind", IssueKind),
            one_of("issue", "topic", Topic, or_blank=True),
            one_of("issue", "state", IssueState),
            one_of("issue", "explained_why", ExplainedWhy, or_blank=True),
            models.CheckConstraint(name="issue_says_something", condition=~Q(text="")),
            models.CheckConstraint(
                name="issue_rt_of_rw",
                condition=(Q(rw=None) | Q(village__isnull=False, rw__range=(1, MOST_RT)))
                & (Q(rt=None) | Q(rw__isnull=False, rt__range=(1, MOST_RT))),
                violation_error_message=_("An RT needs its RW, and an RW its kelurahan or desa."),
            ),
            models.CheckConstraint(
                name="issue_promise_has_day",
                condition=~Q(state__in=["promised", "done", "verified"])
                | Q(due__isnull=False) & ~Q(promised_by=""),
            ),
            models.CheckConstraint(
                name="issue_done_has_answer",
                condition=Q(state__in=["done", "verified"], done_by__isnull=False) & ~Q(answer="")
                | ~Q(state__in=["done", "verified"]) & Q(done_by=None),
            ),
            models.CheckConstraint(
                name="issue_checked_by_another",
                condition=Q(state="verified", verified_by__isnull=False)
                & ~Q(verified_by=F("done_by"))
                | ~Q(state="verified") & Q(verified_by=None),
            ),
            models.CheckConstraint(
                name="issue_said_at_one",
                condition=Q(activity=None) | Q(forum=None),
            ),
            models.CheckConstraint(
                name="issue_published_has_words",
                condition=Q(published_at=None) | Q(forum__isnull=False) & ~Q(public_text=""),
            ),
            models.CheckConstraint(
                name="issue_explained_why",
                condition=Q(state="explained") & ~Q(explained_why="") & ~Q(answer="")
                | ~Q(state="explained") & Q(explained_why=""),
            ),
        ]
        indexes = [
            models.Index(name="issue_at", fields=["at", "id"]),
            models.Index(
                name="issue_village",
                fields=["village", "at"],
                condition=Q(village__isnull=False),
            ),
            *scope_indexes("issue", "at", "id"),
        ]
        triggers = [*UnitScoped.Meta.triggers, unit_stays()]

    def __str__(self) -> str:
        """Without its words, which may name people."""
        return self.number

    @property
    def number(self) -> str:
        """What officers and residents call it, such as ``KW-000123``."""
        return f"KW-{self.pk:06d}"

    @property
    def stamp(self) -> str:
        """Changes with each step."""
        return f"{self.state} {self.changed_at.isoformat()}"

    @property
    def is_open(self) -> bool:
        return self.state in OPEN_ISSUES

    @property
    def days_late(self) -> int:
        """By how many days its promise is broken today, by the unit's clock; 0 where it is not."""
        if self.state != IssueState.PROMISED or self.due is None:
            return 0
        return max(0, (self.unit.today() - self.due).days)

    @property
    def rw_rt(self) -> str:
        """``RT 012/RW 05``, or what of it is known."""
        if self.rw is None:
            return ""
        return f"RT {self.rt:03d}/RW {self.rw:02d}" if self.rt is not None else f"RW {self.rw:02d}"

    @property
    def place_name(self) -> str:
        village = str(self.village) if self.village else ""
        return ", ".join(filter(None, [self.rw_rt, village]))

    @property
    def said_at(self) -> str:
        """The visit or meeting at which it was said; "" where it was neither."""
        return str(self.forum or (self.activity.kind if self.activity else ""))

    @property
    def power_name(self) -> str:
        """Whose power it is, in words."""
        return ", ".join(filter(None, [self.whose_power, str(self.group or "")]))


class IssueStep(models.TextChoices):
    TOLD = "told", _("said by a resident")
    PROMISED = "promised", _("promised")
    DONE = "done", _("said to be done")
    VERIFIED = "verified", _("checked: it is done")
    DOUBTED = "doubted", _("checked: it is not done")
    EXPLAINED = "explained", _("explained")
    REPORTED = "reported", _("made a report")
    PUBLISHED = "published", _("published")
    UNPUBLISHED = "unpublished", _("taken from the public page")


class IssueEventQuerySet(models.QuerySet["IssueEvent"]):
    def visible_to(self, user: Viewer) -> Self:
        """Events of the issues that the person may see."""
        return self.filter(issue__in=ResidentIssue.objects.visible_to(user))


@append_only()
class IssueEvent(Labelled):
    """A line in the timeline of an issue. Append-only: the database refuses updates and deletes.

    With `is_residents_word` the officer `by` wrote down what the resident said of it.
    """

    issue = models.ForeignKey(
        ResidentIssue,
        on_delete=models.PROTECT,
        db_index=False,
        related_name="timeline",
        verbose_name=_("issue"),
    )
    step = models.CharField(_("step"), max_length=11, choices=IssueStep)
    from_state = models.CharField(_("from"), max_length=9, choices=IssueState, blank=True)
    to_state = models.CharField(_("to"), max_length=9, choices=IssueState)
    by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        db_index=False,
        related_name="+",
        verbose_name=_("by"),
    )
    is_residents_word = models.BooleanField(_("by word of the resident"), default=False)
    due = models.DateField(_("due"), null=True, blank=True)
    text = models.TextField(_("text"), max_length=TEXT_LENGTH, blank=True)
    at = models.DateTimeField(_("at"))

    objects = IssueEventQuerySet.as_manager()

    class Meta:
        verbose_name = _("event")
        verbose_name_plural = _("events")
        ordering = ["at", "pk"]
        constraints = [
            one_of("issueevent", "step", IssueStep),
            one_of("issueevent", "from_state", IssueState, or_blank=True),
            one_of("issueevent", "to_state", IssueState),
        ]
        indexes = [models.Index(name="issueevent_issue", fields=["issue", "at", "id"])]
        triggers = [
            pgtrigger.Protect(name="append_only", operation=pgtrigger.Update | pgtrigger.Delete)
        ]

    def __str__(self) -> str:
        return str(self.get_step_display())


class IssueReportQuerySet(models.QuerySet["IssueReport"]):
    def visible_to(self, user: Viewer) -> Self:
        """Those of the issues the person may see; the report itself has its own scope."""
        return self.filter(issue__in=ResidentIssue.objects.visible_to(user))


@append_only()
class IssueReport(models.Model):
    """An issue that became a report, at most once."""

    issue = models.OneToOneField(
        ResidentIssue,
        on_delete=models.PROTECT,
        related_name="made_report",
        verbose_name=_("resident's issue"),
    )
    report = models.OneToOneField(
        Report, on_delete=models.PROTECT, related_name="issue", verbose_name=_("report")
    )
    by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+", verbose_name=_("by")
    )
    at = models.DateTimeField(_("at"))

    objects = IssueReportQuerySet.as_manager()

    class Meta:
        verbose_name = _("report of an issue")
        verbose_name_plural = _("reports of issues")
        ordering = ["-at", "-pk"]

    def __str__(self) -> str:
        return f"{self.issue_id} → {self.report_id}"


def origin_words(issue: ResidentIssue) -> str:
    """What the report says it came from: «Keluhan warga KW-000123, Sambang, 12 Nov»."""
    words = gettext("Resident's issue %(number)s") % {"number": issue.number}
    return ", ".join(filter(None, [words, issue.said_at]))
