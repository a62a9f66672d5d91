from datetime import date
from functools import cached_property
from typing import Any, Self

from django.contrib.auth.models import AbstractBaseUser, BaseUserManager
from django.contrib.postgres.constraints import ExclusionConstraint
from django.contrib.postgres.fields import DateRangeField, RangeBoundary, RangeOperators
from django.core.exceptions import ValidationError
from django.core.validators import RegexValidator
from django.db import models
from django.db.models import F, Func, Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from phonenumber_field.modelfields import PhoneNumberField

from accounts.roles import EVERYTHING, GRANTS, Action, Rank, Role
from territory.models import Area, Unit, UnitKind
from territory.schema import history, trigram_index
from territory.scope import Grant, Scope, UnitRow, Viewer, rows_below


class UserQuerySet(models.QuerySet["User"]):
    def visible_to(self, user: Viewer) -> Self:
        """People whose own unit is in scope."""
        condition = user.scope.rows("unit__")
        return self.none() if condition is None else self.filter(condition)

    def posted_in(self, unit: Unit, on: date | None = None) -> Self:
        """Active people with a posting in the unit or below it."""
        return self.filter(
            is_active=True, pk__in=Posting.objects.active(on).below(unit).values("user")
        )


class UserManager(BaseUserManager["User"]):
    def create_user(
        self, username: str | None = None, password: str | None = None, **fields: Any
    ) -> "User":
        user = self.model(username=username, **fields)
        user.set_password(password)
        user.save(using=self._db)
        return user

    def create_superuser(
        self, username: str | None = None, password: str | None = None, **fields: Any
    ) -> "User":
        return self.create_user(username, password, is_superuser=True, **fields)


@history(exclude=["password", "last_login"])
class User(AbstractBaseUser):
    """A person who signs in: with the NRP (all digits) or a username (never all digits)."""

    nrp = models.CharField(
        _("NRP"),
        max_length=18,
        unique=True,
        null=True,
        blank=True,
        validators=[RegexValidator(r"^\d+$", _("An NRP has digits only."))],
    )
    username = models.CharField(
        _("username"),
        max_length=60,
        unique=True,
        null=True,
        blank=True,
        validators=[
            RegexValidator(
                r"^[a-z0-9._-]+$", _("Small letters, digits, dot, hyphen and underscore.")
            ),
            RegexValidator(r"\D", _("A username is not all digits; that would be an NRP.")),
        ],
    )
    name = models.CharField(_("name"), max_length=100)
    rank = models.CharField(_("rank"), max_length=10, choices=Rank, blank=True)
    unit = models.ForeignKey(
        Unit,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="people",
        verbose_name=_("unit"),
    )
    phone = PhoneNumberField(_("phone"), blank=True)
    is_active = models.BooleanField(
        _("active"), default=True, help_text=_("Off instead of deleting: the history stays.")
    )
    is_superuser = models.BooleanField(_("sees and does everything"), default=False)
    is_demo = models.BooleanField(_("demo account"), default=False, editable=False)
    date_joined = models.DateTimeField(_("added"), default=timezone.now, editable=False)

    objects = UserManager.from_queryset(UserQuerySet)()

    USERNAME_FIELD = "username"
    REQUIRED_FIELDS = ["name"]

    class Meta:
        verbose_name = _("person")
        verbose_name_plural = _("people")
        ordering = ["name"]
        indexes = [trigram_index("user_search", "name")]
        constraints = [
            models.CheckConstraint(
                name="user_nrp_digits",
                condition=Q(nrp=None) | Q(nrp__regex=r"^[0-9]+$"),
                violation_error_message=_("An NRP has digits only."),
            ),
            models.CheckConstraint(
                name="user_username_not_digits",
                condition=Q(username=None) | Q(username__regex=r"[^0-9]"),
                violation_error_message=_("A username is not all digits; that would be an NRP."),
            ),
            models.CheckConstraint(
                name="user_has_handle",
                condition=Q(nrp__isnull=False) | Q(username__isnull=False),
                violation_error_message=_(
                    "Give an NRP or a username: one of them is needed to sign in."
                ),
            ),
        ]

    def __str__(self) -> str:
        return self.titled_name

    def clean(self) -> None:
        self.nrp = self.nrp or None
        self.username = (self.username or "").lower() or None

    @property
    def titled_name(self) -> str:
        """The name with the rank before it, as it is printed."""
        return f"{self.get_rank_display()} {self.name}" if self.rank else self.name

    @cached_property
    def scope(self) -> Scope:
        """The person's reach, read once a request (the user object lives as long)."""
        if not self.is_active:
            return Scope()
        if self.is_superuser:
            return Scope((Grant("", 0, EVERYTHING),))
        postings = Posting.objects.active().filter(user=self).select_related("unit")
        return Scope(tuple(posting.grant() for posting in postings))

    def may(self, action: Action, row: UnitRow) -> bool:
        return self.scope.may(action, row)

    @property
    def is_staff(self) -> bool:
        """Whether the admin opens; what it shows there is scoped."""
        return Action.MANAGE in self.scope.actions

    def has_perm(self, perm: str, obj: object = None) -> bool:
        """For Django's admin, which asks by name; rows are guarded by scope, not by these."""
        return self.is_active and self.is_staff

    def has_perms(self, perm_list: list[str], obj: object = None) -> bool:
        return self.is_active and self.is_staff

    def has_module_perms(self, app_label: str) -> bool:
        return self.is_active and self.is_staff


class PostingQuerySet(models.QuerySet["Posting"]):
    def active(self, on: date | None = None) -> Self:
        on = on or timezone.localdate()
        return self.filter(Q(ends_on=None) | Q(ends_on__gte=on), starts_on__lte=on)

    def below(self, unit: Unit) -> Self:
        """Postings to the unit itself or to a unit below it."""
        return self.filter(rows_below(unit, "unit__"))

    def opening_sealed(self, unit: Unit) -> Self:
        """Postings by which somebody may now open sealed reports of the unit."""
        here = Q(unit__in=unit.lineage_ids()) | Q(unit__kind=UnitKind.MABES)
        if unit.polsek_id:
            here |= Q(unit__kind=UnitKind.SUBSEKTOR, unit__polsek=unit.polsek_id)
        return self.active().filter(here, opens_sealed=True, user__is_active=True)

    def visible_to(self, user: Viewer) -> Self:
        condition = user.scope.rows("unit__")
        return self.none() if condition is None else self.filter(condition)


class _Days(Func):
    """The days of a posting, both ends included, open where no end is known."""

    function = "DATERANGE"
    output_field = DateRangeField()


@history()
class Posting(models.Model):
    """A role at a unit for some time. It reaches the unit and all below it."""

    user = models.ForeignKey(
        User, on_delete=models.PROTECT, related_name="postings", verbose_name=_("person")
    )
    unit = models.ForeignKey(
        Unit, on_delete=models.PROTECT, related_name="postings", verbose_name=_("unit")
    )
    role = models.CharField(_("role"), max_length=10, choices=Role)
    title = models.CharField(
        _("title"),
        max_length=60,
        blank=True,
        help_text=_("As it is printed, such as Kanit Binmas or Ps. Kapolsek."),
    )
    opens_sealed = models.BooleanField(
        _("opens sealed reports"),
        default=False,
        help_text=_(
            "Commanders only, such as the Kapolsek or the Kanit PPA. Without one in the unit or "
            "above, nobody reads its sealed reports."
        ),
    )
    starts_on = models.DateField(_("from"), default=timezone.localdate)
    ends_on = models.DateField(_("to"), null=True, blank=True)
    villages = models.ManyToManyField(
        Area, blank=True, related_name="served_by", verbose_name=_("villages served")
    )

    objects = PostingQuerySet.as_manager()

    class Meta:
        verbose_name = _("posting")
        verbose_name_plural = _("postings")
        ordering = ["-starts_on", "-pk"]
        constraints = [
            models.CheckConstraint(
                name="posting_dates",
                condition=Q(ends_on=None) | Q(ends_on__gte=F("starts_on")),
                violation_error_message=_("The posting ends before it begins."),
            ),
            models.CheckConstraint(
                name="posting_opens_sealed",
                condition=Q(opens_sealed=False) | Q(role=Role.COMMANDER),
                violation_error_message=_("Only a commander opens sealed reports."),
            ),
            ExclusionConstraint(
                name="posting_no_overlap",
                expressions=[
                    ("user", RangeOperators.EQUAL),
                    ("unit", RangeOperators.EQUAL),
                    ("role", RangeOperators.EQUAL),
                    (
                        _Days("starts_on", "ends_on", RangeBoundary(inclusive_upper=True)),
                        RangeOperators.OVERLAPS,
                    ),
                ],
                violation_error_message=_(
                    "This person already holds this role at this unit in that time."
                ),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.title or self.get_role_display()} · {self.unit}"

    def clean(self) -> None:
        # Said here too: the constraint against overlaps cannot even ask about such days.
        if self.starts_on and self.ends_on and self.ends_on < self.starts_on:
            raise ValidationError({"ends_on": _("The posting ends before it begins.")})

    def grant(self) -> Grant:
        """The subtree this posting opens. A Subsektor's people see their whole Polsek."""
        actions = GRANTS[self.role] | ({Action.UNSEAL} if self.opens_sealed else set[str]())
        lineage = tuple(self.unit.lineage_ids())
        if self.unit.kind == UnitKind.MABES:
            return Grant("", 0, actions, lineage)
        column = UnitKind.POLSEK if self.unit.kind == UnitKind.SUBSEKTOR else self.unit.kind
        # 0 is no unit's id: a Subsektor without a Polsek must not open what is above it.
        return Grant(column, getattr(self.unit, f"{column}_id") or 0, actions, lineage)
