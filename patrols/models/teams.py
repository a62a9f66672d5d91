from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from partners.models import PartnerGroup
from patrols.models.schedules import MOST_TEAMS, Schedule
from toolkit.database.append_only import deletable
from toolkit.schema import history, link_history


@deletable()
@history()
class Team(models.Model):
    """A regu of a schedule, such as regu A: its people are expected when it is its turn.

    `Schedule.turn` says whose turn a night is, by `place`; the first has the place 0.
    """

    schedule = models.ForeignKey(
        Schedule, on_delete=models.PROTECT, related_name="teams", verbose_name=_("schedule")
    )
    place = models.PositiveSmallIntegerField(_("place in the order"))
    name = models.CharField(_("name"), max_length=40)
    leader = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("led by"),
    )
    officers = models.ManyToManyField(
        settings.AUTH_USER_MODEL, blank=True, related_name="teams", verbose_name=_("officers")
    )
    groups = models.ManyToManyField(
        PartnerGroup, blank=True, related_name="teams", verbose_name=_("partner groups")
    )

    class Meta:
        verbose_name = _("team")
        verbose_name_plural = _("teams")
        ordering = ["schedule", "place"]
        constraints = [
            models.UniqueConstraint(name="team_place", fields=["schedule", "place"]),
            models.CheckConstraint(name="team_place_known", condition=Q(place__lt=MOST_TEAMS)),
        ]

    def __str__(self) -> str:
        return self.name


@link_history("TeamOfficerEvent")
class TeamOfficer(Team.officers.through):  # type: ignore[name-defined]
    """An officer of a team."""

    class Meta:
        proxy = True


@link_history("TeamGroupEvent")
class TeamGroup(Team.groups.through):  # type: ignore[name-defined]
    """A partner group of a team."""

    class Meta:
        proxy = True
