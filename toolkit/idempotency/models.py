import uuid

from django.db import models
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
