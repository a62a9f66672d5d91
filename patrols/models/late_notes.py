from typing import Self

import pgtrigger
from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from accounts.roles import Action
from patrols.models.duties import Duty
from patrols.models.entries import EntryKind
from territory.models import UnitScoped, UnitScopedQuerySet, scope_indexes, unit_stays
from territory.scope import Viewer
from toolkit.database.append_only import append_only
from toolkit.idempotency.models import SentOnce
from toolkit.photos.models import Photo, PhotoQuerySet
from toolkit.schema import one_of


class LateNoteQuerySet(UnitScopedQuerySet["LateNote"]):
    def of_head(self, user: Viewer) -> Self:
        """Those of the units that the person heads."""
        headed = user.scope.rows(action=Action.REVIEW)
        return self.none() if headed is None else self.filter(headed)

    def visible_to(self, user: Viewer) -> Self:
        """Those of the units that the person heads, and the person's own."""
        headed, own = user.scope.rows(action=Action.REVIEW), Q(author=user.pk)
        if headed is None:
            return self.filter(own)
        return self.filter(headed | own) if headed else self

    def unread(self) -> Self:
        return self.filter(read_at=None)


@append_only(may_change=["unit", "read_by", "read_at"])
class LateNote(UnitScoped, SentOnce):
    """What a phone could not store in the log it was written for, handed to the commander.

    Its duty was cancelled or approved meanwhile, or the person has lost the right to it. Without a
    duty it was written on a patrol that the site never took. `at` is the phone's time, or the
    server's where the phone's clock is off.
    """

    duty = models.ForeignKey(
        Duty,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="late_notes",
        verbose_name=_("duty"),
    )
    author = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.PROTECT,
        related_name="+",
        verbose_name=_("author"),
    )
    kind = models.CharField(_("kind"), max_length=12, choices=EntryKind, blank=True)
    text = models.TextField(_("text"), blank=True, max_length=4000)
    at = models.DateTimeField(_("at"))
    device_at = models.DateTimeField(_("phone's time"), null=True, blank=True)
    received_at = models.DateTimeField(_("received"))
    read_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("read by"),
    )
    read_at = models.DateTimeField(_("read"), null=True, blank=True)

    objects = LateNoteQuerySet.as_manager()

    class Meta(UnitScoped.Meta):
        abstract = False
        verbose_name = _("late note")
        verbose_name_plural = _("late notes")
        ordering = ["-received_at", "-pk"]
        constraints = [
            one_of("latenote", "kind", EntryKind, or_blank=True),
            models.CheckConstraint(
                name="latenote_read",
                condition=Q(read_by=None, read_at=None)
                | Q(read_by__isnull=False, read_at__isnull=False),
            ),
        ]
        indexes = [
            models.Index(name="latenote_newest", fields=["-received_at", "-id"]),
            *scope_indexes("latenote", "-received_at", "-id"),
            models.Index(name="latenote_unread", fields=["polsek"], condition=Q(read_at=None)),
        ]
        triggers = [
            *UnitScoped.Meta.triggers,
            pgtrigger.Protect(
                name="append_only",
                operation=pgtrigger.UpdateOf(  # type: ignore[no-untyped-call]
                    "duty_id",
                    "author_id",
                    "kind",
                    "text",
                    "at",
                    "device_at",
                    "received_at",
                    "client_uuid",
                    "body_sha256",
                )
                | pgtrigger.Delete,
            ),
            pgtrigger.Protect(
                name="read_once",
                operation=pgtrigger.Update,
                condition=pgtrigger.Q(old__read_at__isnull=False)
                & (
                    pgtrigger.Q(old__read_at__df=pgtrigger.F("new__read_at"))
                    | pgtrigger.Q(old__read_by__df=pgtrigger.F("new__read_by"))
                ),
            ),
            unit_stays(),
        ]

    def __str__(self) -> str:
        """Without its words: an administrator, who may not read them, sees this too."""
        return str(self.get_kind_display() or self._meta.verbose_name)


class LateNotePhotoQuerySet(PhotoQuerySet["LateNotePhoto"]):
    def visible_to(self, user: Viewer) -> Self:
        """Photos of the notes the person may see."""
        return self.filter(note__in=LateNote.objects.visible_to(user))


class LateNotePhoto(Photo):
    folder = "notes"

    note = models.ForeignKey(
        LateNote, on_delete=models.PROTECT, related_name="photos", verbose_name=_("late note")
    )

    objects = LateNotePhotoQuerySet.as_manager()

    class Meta(Photo.Meta):
        abstract = False
        verbose_name = _("photo")
        verbose_name_plural = _("photos")
