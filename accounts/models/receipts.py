from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from toolkit.database.append_only import deletable
from toolkit.idempotency.models import SentOnce


@deletable(may_change=False)
class DeedReceipt(SentOnce):
    """A deed of the field that makes no row of its own, such as a mark in a roll, has been done.

    Written with the deed. A phone that has heard no answer sends the deed again, and is told that
    it is done.
    """

    by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+", verbose_name=_("by")
    )
    received_at = models.DateTimeField(_("received"), auto_now_add=True)

    class Meta:
        verbose_name = _("receipt of a deed")
        verbose_name_plural = _("receipts of deeds")
        indexes = [models.Index(name="deedreceipt_oldest", fields=["received_at"])]

    def __str__(self) -> str:
        return str(self.client_uuid)
