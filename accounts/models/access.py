from typing import Self

import pgtrigger
from django.conf import settings
from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from accounts.roles import Action
from territory.models import UnitScoped, UnitScopedQuerySet, scope_indexes, unit_stays
from territory.scope import Viewer
from toolkit.database.append_only import append_only


class AccessKind(models.TextChoices):
    LINK_MADE = "link_made", _("link for a new password made")
    LINK_USED = "link_used", _("new password set with the link")
    SWITCHED_ON = "switched_on", _("account switched on again")
    SWITCHED_OFF = "switched_off", _("account switched off")
    RENAMED = "renamed", _("name, NRP or username changed")
    PROMOTED = "promoted", _("made a head administrator")
    DEMOTED = "demoted", _("no head administrator any more")
    CONFIRMED = "confirmed", _("person confirmed")
    ASKED = "asked", _("permission for sealed reports asked for")
    GRANTED = "granted", _("permission for sealed reports given")
    REFUSED = "refused", _("permission for sealed reports refused")
    ENDED = "ended", _("permission for sealed reports taken away")
    SHORTENED = "shortened", _("posting shortened or ended")


class AccessEventQuerySet(UnitScopedQuerySet["AccessEvent"]):
    def of_head(self, user: Viewer) -> Self:
        """Those of the units that the person heads, administers, or opens sealed reports of."""
        found: models.Q | None = None
        for action in (Action.REVIEW, Action.MANAGE, Action.UNSEAL):
            rows = user.scope.rows(action=action)
            if rows is not None:
                found = rows if found is None else (found | rows if found and rows else models.Q())
        return self.none() if found is None else self.filter(found)

    def of(self, person: Viewer) -> Self:
        return self.filter(person=person.pk)


@append_only(may_change=["unit"])
class AccessEvent(UnitScoped):
    """Who let whom in, shut whom out, or gave whom the permission for sealed reports. Append-only.

    One row for each unit of the person, so that the head of each reads it.
    """

    person = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.PROTECT,
        related_name="access_events",
        verbose_name=_("person"),
    )
    by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+", verbose_name=_("by")
    )
    kind = models.CharField(_("kind"), max_length=12, choices=AccessKind)
    at = models.DateTimeField(_("at"), default=timezone.now)

    objects = AccessEventQuerySet.as_manager()

    class Meta(UnitScoped.Meta):
        abstract = False
        verbose_name = _("change of access")
        verbose_name_plural = _("changes of access")
        ordering = ["-at", "-pk"]
        indexes = [
            models.Index(name="accessevent_newest", fields=["-at", "-id"]),
            *scope_indexes("accessevent", "-at", "-id"),
        ]
        constraints = [
            models.CheckConstraint(
                name="accessevent_kind", condition=models.Q(kind__in=AccessKind.values)
            )
        ]
        triggers = [
            *UnitScoped.Meta.triggers,
            # The scope columns are not protected: they change when a unit moves in the tree.
            pgtrigger.Protect(
                name="append_only",
                operation=pgtrigger.UpdateOf("person_id", "by_id", "kind", "at")  # type: ignore[no-untyped-call]
                | pgtrigger.Delete,
            ),
            unit_stays(),
        ]

    def __str__(self) -> str:
        return f"{self.person} · {self.get_kind_display()}"
