from datetime import datetime
from typing import Self

import pgtrigger
from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Exists, OuterRef, Q
from django.utils.text import capfirst
from django.utils.translation import gettext_lazy as _

from accounts.roles import Action
from programs.workflow import OPEN_RECEIPTS, ReceiptState
from territory.models import Unit, UnitScoped, UnitScopedQuerySet, scope_indexes, unit_stays
from territory.scope import Scope, Viewer
from toolkit.database.append_only import append_only
from toolkit.idempotency.models import SentOnce
from toolkit.schema import history, one_of

NEWEST_FIRST = ("-issued_at", "-pk")
MOST_POINTS = 20
POINT_LENGTH = 500
# Both, and no role but commander and operator has both: an administrator plans, and answers for
# no unit.
ANSWERS_FOR_UNIT = frozenset({Action.RUN, Action.PLAN})


class InstructionKind(models.TextChoices):
    SPRIN = "sprin", _("Sprin")
    TELEGRAM = "telegram", _("STR/TR")
    GUIDANCE = "guidance", _("jukrah")
    ATTENTION = "attention", _("atensi")
    BRIEFING = "briefing", _("APP")
    DISPOSITION = "disposition", _("disposition")


class Secrecy(models.TextChoices):
    ORDINARY = "ordinary", _("ordinary")
    CLASSIFIED = "classified", _("classified")


def answering_scope(user: Viewer) -> Scope:
    """The part of the person's scope where they are commander or operator."""
    scope = user.scope
    return Scope(tuple(g for g in scope.grants if g.actions >= ANSWERS_FOR_UNIT))


def units_answered_for(user: Viewer) -> frozenset[int]:
    """Keys of the units whose commander or operator the person is, without those below."""
    return answering_scope(user).units_posted_with(Action.RUN)


def _in_reach(user: Viewer, secrecy: str) -> Q:
    """Rows of the person's units; classified ones only where the person answers for the unit.

    `secrecy` leads to the column from the row.
    """
    nothing = Q(pk__in=[])
    everywhere, answering = user.scope.rows(), answering_scope(user).rows()
    ordinary = nothing if everywhere is None else Q(everywhere, **{secrecy: Secrecy.ORDINARY})
    return ordinary | (nothing if answering is None else Q(answering, pk__gt=0))


class InstructionQuerySet(UnitScopedQuerySet["Instruction"]):
    def visible_to(self, user: Viewer) -> Self:
        """Those that units in scope have sent, and those with a receipt the person may see."""
        receipts = InstructionReceipt.objects.visible_to(user).filter(instruction=OuterRef("pk"))
        return self.filter(_in_reach(user, "secrecy") | Q(Exists(receipts)))

    def in_scope(self, user: Viewer) -> Self:
        """Those that units in scope have sent."""
        return self.filter(_in_reach(user, "secrecy"))

    def of(self, user: Viewer) -> Self:
        receipts = InstructionReceipt.objects.of(user)
        return self.filter(Exists(receipts.filter(instruction=OuterRef("pk"))))

    def standing(self) -> Self:
        return self.filter(withdrawn_at=None)


@history()
class Instruction(UnitScoped, SentOnce):
    """What a unit tells units below it, or its own officers, to do. `unit` is who tells.

    Of a classified one the number and a summary in own words are kept, and nothing else: the
    database refuses its subject and its points.
    """

    author = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.PROTECT,
        related_name="+",
        db_index=False,
        verbose_name=_("sent by"),
    )
    kind = models.CharField(_("kind"), max_length=11, choices=InstructionKind)
    number = models.CharField(_("number"), max_length=60)
    dated = models.DateField(_("date"))
    secrecy = models.CharField(_("class"), max_length=10, choices=Secrecy, default=Secrecy.ORDINARY)
    subject = models.CharField(_("subject"), max_length=150, blank=True)
    points = ArrayField(
        models.CharField(max_length=POINT_LENGTH),
        verbose_name=_("points"),
        size=MOST_POINTS,
        default=list,
        blank=True,
    )
    summary = models.TextField(_("summary"), max_length=1000, blank=True)
    due_at = models.DateTimeField(_("due"), null=True, blank=True)
    report_wanted = models.BooleanField(_("report wanted"), default=False)
    issued_at = models.DateTimeField(_("sent"), editable=False)
    withdrawn_at = models.DateTimeField(_("withdrawn"), null=True, blank=True, editable=False)
    withdrawn_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        editable=False,
        related_name="+",
        db_index=False,
        verbose_name=_("withdrawn by"),
    )
    withdraw_reason = models.CharField(
        _("reason"), max_length=200, blank=True, editable=False, db_default=""
    )

    objects = InstructionQuerySet.as_manager()

    class Meta(UnitScoped.Meta):
        abstract = False
        verbose_name = _("instruction")
        verbose_name_plural = _("instructions")
        ordering = ["-issued_at", "-pk"]
        constraints = [
            one_of("instruction", "kind", InstructionKind),
            one_of("instruction", "secrecy", Secrecy),
            models.CheckConstraint(
                name="instruction_points_few", condition=Q(points__len__lte=MOST_POINTS)
            ),
            models.CheckConstraint(
                name="instruction_classified_unsaid",
                condition=Q(secrecy=Secrecy.ORDINARY) & ~Q(subject="") & Q(points__len__gt=0)
                | Q(secrecy=Secrecy.CLASSIFIED, subject="", points__len=0) & ~Q(summary=""),
                violation_error_message=_(
                    "A classified instruction has its number and a summary in your own words only."
                ),
            ),
            models.CheckConstraint(name="instruction_numbered", condition=~Q(number="")),
        ]
        indexes = [
            models.Index(
                name="instruction_due",
                fields=["due_at"],
                condition=Q(due_at__isnull=False, withdrawn_at=None),
            ),
            models.Index(name="instruction_issued", fields=["-issued_at", "-id"]),
            *scope_indexes("instruction", "-issued_at", "-id"),
        ]
        triggers = [*UnitScoped.Meta.triggers, unit_stays()]

    def __str__(self) -> str:
        """Without its words, of which a classified one has few and the log wants none."""
        return f"{capfirst(self.get_kind_display())} {self.number}"

    @property
    def is_classified(self) -> bool:
        return self.secrecy == Secrecy.CLASSIFIED

    @property
    def heading(self) -> str:
        """What it is about, in one line."""
        return self.subject or self.summary


class InstructionReceiptQuerySet(UnitScopedQuerySet["InstructionReceipt"]):
    def visible_to(self, user: Viewer) -> Self:
        """Those of units in scope; of classified instructions those of units the person answers
        for, and the person's own."""
        own = self.in_scope(user).filter(person=user.pk).order_by().values("pk")
        return self.filter(_in_reach(user, "instruction__secrecy") | Q(pk__in=own))

    def of(self, user: Viewer) -> Self:
        """Those that the person answers: their own, and those of the units they answer for."""
        units = units_answered_for(user)
        own = Q(person=user.pk)
        mine = own | Q(person=None, unit__in=units) if units else own
        return self.in_scope(user).filter(mine)

    def unread(self) -> Self:
        return self.filter(state=ReceiptState.SENT)

    def open(self) -> Self:
        return self.filter(state__in=OPEN_RECEIPTS)


class InstructionReceipt(UnitScoped):
    """To whom an instruction went, and how far they are.

    The addressee is a unit, for which its commander or operator answers, or an officer (`person`)
    of that unit. `above` is the receipt of the unit that passed it down; None where the issuer
    addressed it. A returned one is read again, with the `comment`.
    """

    instruction = models.ForeignKey(
        Instruction,
        on_delete=models.PROTECT,
        related_name="receipts",
        db_index=False,
        verbose_name=_("instruction"),
    )
    person = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        db_index=False,
        verbose_name=_("officer"),
    )
    above = models.ForeignKey(
        "self",
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="below",
        verbose_name=_("passed down from"),
    )
    state = models.CharField(
        _("state"), max_length=8, choices=ReceiptState, default=ReceiptState.SENT, editable=False
    )
    sent_at = models.DateTimeField(_("sent"))
    read_at = models.DateTimeField(_("read"), null=True, blank=True)
    read_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        db_index=False,
        verbose_name=_("read by"),
    )
    passed_at = models.DateTimeField(_("passed down"), null=True, blank=True)
    pass_note = models.CharField(_("own line"), max_length=300, blank=True)
    done_at = models.DateTimeField(_("done"), null=True, blank=True)
    done_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        db_index=False,
        verbose_name=_("done by"),
    )
    report = models.TextField(_("report"), max_length=2000, blank=True)
    is_nihil = models.BooleanField(_("nihil"), default=False)
    judged_at = models.DateTimeField(_("checked"), null=True, blank=True)
    comment = models.CharField(_("comment"), max_length=300, blank=True)
    escalated_at = models.DateTimeField(_("raised as late"), null=True, blank=True)

    objects = InstructionReceiptQuerySet.as_manager()

    class Meta(UnitScoped.Meta):
        abstract = False
        verbose_name = _("receipt of an instruction")
        verbose_name_plural = _("receipts of instructions")
        ordering = ["pk"]
        constraints = [
            one_of("instructionreceipt", "state", ReceiptState),
            models.UniqueConstraint(
                name="instructionreceipt_unit",
                fields=["instruction", "unit"],
                condition=Q(person=None),
            ),
            models.UniqueConstraint(
                name="instructionreceipt_person",
                fields=["instruction", "person"],
                condition=Q(person__isnull=False),
            ),
            models.CheckConstraint(
                name="instructionreceipt_read", condition=Q(state="sent") | Q(read_at__isnull=False)
            ),
            models.CheckConstraint(
                name="instructionreceipt_nihil", condition=Q(is_nihil=False) | Q(report="")
            ),
        ]
        indexes = [
            models.Index(name="instructionreceipt_of", fields=["instruction", "id"]),
            # What my day asks: unread ones of a person or of a unit.
            models.Index(
                name="instructionreceipt_waits",
                fields=["person"],
                condition=Q(state="sent", person__isnull=False),
            ),
            models.Index(
                name="instructionreceipt_waits_u",
                fields=["unit"],
                condition=Q(state="sent", person=None),
            ),
            models.Index(
                name="instructionreceipt_own",
                fields=["person", "instruction"],
                condition=Q(person__isnull=False),
            ),
            *scope_indexes("instructionreceipt", "instruction"),
        ]
        triggers = [*UnitScoped.Meta.triggers, unit_stays()]

    def __str__(self) -> str:
        return self.addressee

    @property
    def addressee(self) -> str:
        return self.person.titled_name if self.person else self.unit.name

    @property
    def sender_id(self) -> int:
        """Key of the unit that sent it to this addressee: it checks what is done."""
        return self.above.unit_id if self.above else self.instruction.unit_id

    @property
    def sender(self) -> Unit:
        return self.above.unit if self.above else self.instruction.unit

    @property
    def is_open(self) -> bool:
        return self.state in OPEN_RECEIPTS

    def is_late(self, now: datetime) -> bool:
        """Whether it was, or is, done after its time."""
        due = self.instruction.due_at
        return due is not None and (self.done_at or now) > due


class ReceiptEventKind(models.TextChoices):
    SENT = "sent", _("sent")
    READ = "read", _("read")
    PASSED = "passed", _("passed down")
    DONE = "done", _("done")
    ACCEPTED = "accepted", _("accepted")
    RETURNED = "returned", _("returned")
    ESCALATED = "escalated", _("raised as late")


class ReceiptEventQuerySet(models.QuerySet["ReceiptEvent"]):
    def visible_to(self, user: Viewer) -> Self:
        """Of the receipts that the person may see."""
        return self.filter(receipt__in=InstructionReceipt.objects.visible_to(user))


@append_only()
class ReceiptEvent(models.Model):
    """A line in the timeline of a receipt. `by` is None where the clock did it."""

    receipt = models.ForeignKey(
        InstructionReceipt,
        on_delete=models.PROTECT,
        related_name="timeline",
        verbose_name=_("receipt of an instruction"),
    )
    kind = models.CharField(_("kind"), max_length=9, choices=ReceiptEventKind)
    by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        db_index=False,
        verbose_name=_("by"),
    )
    text = models.TextField(_("text"), max_length=2000, blank=True)
    at = models.DateTimeField(_("at"))

    objects = ReceiptEventQuerySet.as_manager()

    class Meta:
        verbose_name = _("event of a receipt")
        verbose_name_plural = _("events of receipts")
        ordering = ["at", "pk"]
        constraints = [one_of("receiptevent", "kind", ReceiptEventKind)]
        triggers = [
            pgtrigger.Protect(name="append_only", operation=pgtrigger.Update | pgtrigger.Delete)
        ]

    def __str__(self) -> str:
        return self.get_kind_display()
