import uuid

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _


class SentOnce(models.Model):
    """A row that is stored once, however often its form arrives."""

    client_uuid = models.UUIDField(
        _("client UUID"), unique=True, default=uuid.uuid4, editable=False
    )
    body_sha256 = models.CharField(_("body hash"), max_length=64, editable=False)

    history_omits = {"body_sha256"}

    class Meta:
        abstract = True


class SentOnceOrMade(models.Model):
    """As `SentOnce`, for rows that a form sends or that are made without one.

    Rows made without a form have no UUID. A model names the constraint: ``sent_once("duty")``.
    """

    client_uuid = models.UUIDField(_("client UUID"), null=True, blank=True, editable=False)
    body_sha256 = models.CharField(
        _("body hash"), max_length=64, blank=True, db_default="", editable=False
    )

    history_omits = {"body_sha256"}

    class Meta:
        abstract = True


def sent_once(prefix: str) -> models.UniqueConstraint:
    """For `SentOnceOrMade`. Its index holds only the rows that a form has sent."""
    return models.UniqueConstraint(
        name=f"{prefix}_sent_once", fields=["client_uuid"], condition=Q(client_uuid__isnull=False)
    )
