from datetime import datetime, timedelta
from typing import Self

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from reports.models.choices import Priority
from territory.scope import Viewer
from toolkit.schema import history, one_of

URGENT_WITHIN, HIGH_WITHIN = 10, 30  # target_minutes


class CategoryGroup(models.TextChoices):
    """The headings under which people look for a category."""

    CRIME = "crime", _("crime")
    ORDER = "order", _("public order")
    TRAFFIC = "traffic", _("traffic")
    SOCIAL = "social", _("people in need")
    DISASTER = "disaster", _("disaster")
    HAZARD = "hazard", _("hazard")
    SERVICE = "service", _("service")
    OTHER = "other", _("other")


class CrimeClass(models.TextChoices):
    """The four classes of Polri, and empty where it is no crime."""

    NONE = "", _("no crime")
    CONVENTIONAL = "conventional", _("conventional")
    TRANSNATIONAL = "transnational", _("transnational")
    STATE_ASSETS = "state_assets", _("against state assets")
    CONTINGENCY = "contingency", _("contingency")


class CategoryQuerySet(models.QuerySet["Category"]):
    def visible_to(self, user: Viewer) -> Self:
        """Everybody sees all categories, because what may be reported is public."""
        return self

    def offered(self) -> Self:
        """Categories that a reporter may choose, in the order of the tiles."""
        return self.filter(is_active=True).order_by("order", "pk")


@history()
class Category(models.Model):
    """A kind of trouble (jenis gangguan). It is data, so that Mabes can change it.

    `target_minutes` is the time from the report to the arrival; None where nobody has to come.
    """

    code = models.SlugField(_("short code"), max_length=40, unique=True)
    label = models.CharField(_("label"), max_length=80)
    group = models.CharField(_("group"), max_length=10, choices=CategoryGroup)
    crime_class = models.CharField(
        _("class"), max_length=14, choices=CrimeClass, blank=True, default=CrimeClass.NONE
    )
    synonyms = ArrayField(
        models.CharField(max_length=60),
        verbose_name=_("everyday words"),
        default=list,
        blank=True,
        help_text=_("As people type them, divided by commas: motor hilang, mtr ilang, curanmor."),
    )
    is_sealed = models.BooleanField(
        _("sealed"),
        default=False,
        help_text=_("Seen by the assigned and by commanders with the permission only."),
    )
    is_about_police = models.BooleanField(
        _("about police"),
        default=False,
        help_text=_("Goes to the unit above the one complained about, which never finds it."),
    )
    allows_mediation = models.BooleanField(
        _("may be mediated"),
        default=True,
        help_text=_("Off for sexual and domestic violence: the law forbids it."),
    )
    target_minutes = models.PositiveSmallIntegerField(
        _("target (minutes)"), null=True, blank=True, help_text=_("From the report to the arrival.")
    )
    handler = models.CharField(
        _("handled by"),
        max_length=60,
        blank=True,
        help_text=_("Empty: the police. Else who it is passed on to, such as PLN."),
    )
    hotline = models.CharField(
        _("hotline"),
        max_length=12,
        blank=True,
        help_text=_("Shown beside 110, such as 113 for Damkar."),
    )
    hotline_name = models.CharField(_("name of the hotline"), max_length=30, blank=True)
    hint = models.CharField(
        _("hint"),
        max_length=200,
        blank=True,
        help_text=_("What to do first, shown above the form."),
    )
    icon = models.CharField(_("icon"), max_length=40, default="circle-alert")
    order = models.PositiveSmallIntegerField(_("order"), default=100)
    is_active = models.BooleanField(
        _("offered"), default=True, help_text=_("Off instead of deleting: reports keep theirs.")
    )

    objects = CategoryQuerySet.as_manager()

    class Meta:
        verbose_name = _("category")
        verbose_name_plural = _("categories")
        ordering = ["order", "pk"]
        constraints = [
            one_of("category", "group", CategoryGroup),
            one_of("category", "crime_class", CrimeClass),
            models.CheckConstraint(
                name="category_about_police_sealed",
                condition=Q(is_about_police=False) | Q(is_sealed=True),
                violation_error_message=_("A category about police is sealed."),
            ),
            models.CheckConstraint(
                name="category_hotline",
                condition=Q(hotline="", hotline_name="") | ~Q(hotline="") & ~Q(hotline_name=""),
                violation_error_message=_("A hotline has a number and a name."),
            ),
        ]

    def __str__(self) -> str:
        return self.label

    @property
    def is_crime(self) -> bool:
        return bool(self.crime_class)

    @property
    def usual_priority(self) -> Priority:
        """The priority of its reports, unless an officer chooses another."""
        minutes = self.target_minutes
        if minutes is None or minutes > HIGH_WITHIN:
            return Priority.NORMAL
        return Priority.URGENT if minutes <= URGENT_WITHIN else Priority.HIGH

    def due_at(self, reported_at: datetime) -> datetime | None:
        """When an officer should have arrived; None where nobody has to come."""
        minutes = self.target_minutes
        return None if minutes is None else reported_at + timedelta(minutes=minutes)
