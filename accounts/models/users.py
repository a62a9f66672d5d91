from dataclasses import replace
from datetime import date, datetime, timedelta
from functools import cached_property
from typing import Any, Self

from django.conf import settings
from django.contrib.auth.models import AbstractBaseUser, BaseUserManager
from django.core.validators import RegexValidator
from django.db import models
from django.db.models import Q
from django.db.models.expressions import RawSQL
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from phonenumber_field.modelfields import PhoneNumberField

from accounts.models.postings import Posting, opens_sealed_of
from accounts.roles import EVERYTHING, Action, Rank
from territory.models import Unit
from territory.scope import Grant, Scope, UnitRow, Viewer
from toolkit.labels import Labelled
from toolkit.name_search import name_index
from toolkit.schema import history, one_of, past_rows

# Written in SQL (docs/adr/0029). All that the grants of a person are made of, which every page
# reads together with the person.
HELD = """
    (SELECT COALESCE(JSONB_AGG(JSONB_BUILD_OBJECT(
        'role', posting.role, 'opens_sealed', posting.opens_sealed,
        'starts_on', posting.starts_on, 'ends_on', posting.ends_on,
        'villages', ARRAY(
            SELECT DISTINCT CASE WHEN area.level = 'rw' THEN area.parent_id ELSE area.id END
            FROM accounts_posting_villages AS held
            JOIN territory_area AS area ON area.id = held.area_id
            WHERE held.posting_id = posting.id
        ),
        'unit', JSONB_BUILD_OBJECT(
            'id', unit.id, 'kind', unit.kind, 'timezone', unit.timezone, 'polda_id', unit.polda_id,
            'polres_id', unit.polres_id, 'polsek_id', unit.polsek_id
        )
    ) ORDER BY posting.starts_on DESC, posting.id DESC), '[]')
    FROM accounts_posting AS posting JOIN territory_unit AS unit ON unit.id = posting.unit_id
    WHERE posting.user_id = accounts_user.id)
"""
# What a board looks up for each person.
POSTED = """
    (SELECT COALESCE(JSONB_AGG(JSONB_BUILD_OBJECT(
        'starts_on', posting.starts_on, 'ends_on', posting.ends_on, 'unit', unit.id,
        'polsek', unit.polsek_id, 'polres', unit.polres_id, 'polda', unit.polda_id,
        'kind', unit.kind
    )), '[]')
    FROM accounts_posting AS posting JOIN territory_unit AS unit ON unit.id = posting.unit_id
    WHERE posting.user_id = accounts_user.id)
"""
AWAY = """
    (SELECT COALESCE(JSONB_AGG(JSONB_BUILD_OBJECT(
        'kind', absence.kind, 'starts_on', absence.starts_on, 'ends_on', absence.ends_on
    ) ORDER BY absence.starts_on), '[]')
    FROM accounts_absence AS absence
    WHERE absence.user_id = accounts_user.id AND absence.ends_on >= %s)
"""


class UserQuerySet(models.QuerySet["User"]):
    def visible_to(self, user: Viewer) -> Self:
        """People whose own unit is in scope."""
        condition = user.scope.rows("unit__")
        return self.none() if condition is None else self.filter(condition)

    def with_held(self) -> Self:
        """Each with `held`, from which `postings_held` needs no statement of its own."""
        held = RawSQL(HELD, [], output_field=models.JSONField())  # noqa: S611 a constant
        return self.annotate(held=held)

    def posted_in(self, unit: Unit, on: date | None = None) -> Self:
        """Active people with a posting in the unit or below it."""
        postings = Posting.objects.active(on).below(unit)
        return self.filter(is_active=True, pk__in=postings.values("user"))

    def posted_between(self, unit: Unit, first: date, last: date) -> Self:
        """As `posted_in`, on at least one of these days."""
        postings = Posting.objects.between(first, last).below(unit)
        return self.filter(is_active=True, pk__in=postings.values("user"))

    def opened_sealed(self, unit: Unit, since: datetime) -> Self:
        """People who open sealed reports of the unit, or have done so at any time since.

        The history tells it, so that it does not matter how they lost the permission, nor which
        days were typed for its end.
        """
        day, now = timezone.localdate(since), timezone.localdate()
        days = Q(ends_on=None) | Q(ends_on__gte=day)
        held = Q(opens_sealed_of(unit), days, starts_on__lte=now)
        allowed = Q(is_active=True, is_superuser=False, let_in_by=None)
        if not settings.KAMTIBMAS_DEMO:
            allowed &= Q(is_demo=False)
        postings = Posting.objects.filter(held).values("user")
        ended = past_rows(Posting).filter(held, pgh_created_at__gte=since)
        before = past_rows(self.model).filter(allowed, pgh_created_at__gte=since)
        return self.filter(
            Q(pk__in=postings) | Q(pk__in=ended.values("user")),
            allowed | Q(pk__in=before.values("pgh_obj")),
        )

    def with_postings(self) -> Self:
        """With `posted`: days and unit of every posting, also of those that have ended; and `away`:
        kind and days of the absences that are not over."""
        # A night that has begun may belong to the day before.
        since = timezone.localdate() - timedelta(days=2)
        return self.annotate(
            posted=RawSQL(POSTED, [], models.JSONField()),  # noqa: S611 a constant
            away=RawSQL(AWAY, [since], models.JSONField()),  # noqa: S611 a constant
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
class User(Labelled, AbstractBaseUser):
    """A person who signs in with an NRP (all digits) or a username (never all digits)."""

    held: list[dict[str, Any]]  # set by `with_held`
    posted: list[dict[str, Any]]  # set by `with_postings`, as is `away`
    away: list[dict[str, Any]]

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
    link_by = models.ForeignKey(
        "self",
        on_delete=models.PROTECT,
        null=True,
        editable=False,
        db_index=False,
        related_name="+",
        verbose_name=_("link for a new password made by"),
    )
    link_at = models.DateTimeField(_("link made at"), null=True, editable=False)
    # Until somebody confirms who uses the account: whose link set the password, or who switched
    # the account on again. It might be that administrator who signs in.
    let_in_by = models.ForeignKey(
        "self",
        on_delete=models.PROTECT,
        null=True,
        editable=False,
        db_index=False,
        related_name="+",
        verbose_name=_("not confirmed since let in by"),
    )
    date_joined = models.DateTimeField(_("added"), default=timezone.now, editable=False)

    objects = UserManager.from_queryset(UserQuerySet)()

    USERNAME_FIELD = "username"
    REQUIRED_FIELDS = ["name"]

    class Meta:
        verbose_name = _("person")
        verbose_name_plural = _("people")
        ordering = ["name"]
        indexes = [name_index("user_name_key")]
        constraints = [
            one_of("user", "rank", Rank, or_blank=True),
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

    @property
    def access_stamp(self) -> str:
        """Changes with the password and the name: a confirmation holds for what was asked."""
        who = f"{self.name}.{self.nrp}.{self.username}.{self.is_superuser}"
        return f"{self.let_in_by_id}.{self.get_session_auth_hash()[:16]}.{who}"

    @property
    def may_sign_in(self) -> bool:
        """Everybody knows the password of the demo accounts, so only a demo lets them in."""
        return self.is_active and (settings.KAMTIBMAS_DEMO or not self.is_demo)

    @cached_property
    def scope(self) -> Scope:
        """All grants of the person, read once a request, as long as the user object lives."""
        if not self.is_active:
            return Scope()
        now = timezone.now()
        active, former = [], []
        for posting in self.postings_held():
            today = posting.unit.today(now)
            if posting.is_on(today):
                active.append(posting.grant())
            elif posting.has_ended(today):
                former.append(posting.grant())
        if self.is_superuser:
            # All units, but still one of the people of those where they serve.
            lineage = {pk for grant in active for pk in grant.lineage}
            lineage.update(self.unit.lineage_ids() if self.unit else [])
            active, former = [Grant("", 0, EVERYTHING, tuple(sorted(lineage)))], []
        if self.let_in_by_id is not None:
            active = [replace(grant, actions=grant.actions - {Action.UNSEAL}) for grant in active]
        return Scope(tuple(active), tuple(former), is_confirmed=self.let_in_by_id is None)

    def postings_held(self) -> list[Posting]:
        """All postings, the newest first: what grants are made of, and the keys of the villages as
        `served`. One statement, none of the person of a request."""
        rows = self.__dict__.get("held")
        if rows is None:
            rows = type(self).objects.filter(pk=self.pk).with_held().get().held
        return [Posting.of_row(self, row) for row in rows]

    def may(self, action: Action, row: UnitRow) -> bool:
        return self.scope.may(action, row)

    @property
    def is_staff(self) -> bool:
        """Whether the admin opens. What it shows is scoped."""
        return Action.MANAGE in self.scope.actions

    def has_perm(self, perm: str, obj: object = None) -> bool:
        """Django's admin asks by name. Rows are guarded by the scope, not by these methods."""
        return self.is_active and self.is_staff

    def has_perms(self, perm_list: list[str], obj: object = None) -> bool:
        return self.is_active and self.is_staff

    def has_module_perms(self, app_label: str) -> bool:
        return self.is_active and self.is_staff
