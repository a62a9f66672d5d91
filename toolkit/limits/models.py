from django.db import models
from django.utils.translation import gettext_lazy as _

from toolkit.database.append_only import deletable


@deletable()
class Count(models.Model):
    """How often something was done since the first time, until `ends_at`.

    The migration makes the table UNLOGGED: its rows are in no write-ahead log, in no replica and in
    no base backup, and a crash empties it.
    """

    pk = models.CompositePrimaryKey("kind", "bucket")
    kind = models.CharField(_("kind"), max_length=40)
    bucket = models.IntegerField(
        _("bucket"), help_text=_("Who it was, cut so short that thousands share it.")
    )
    ends_at = models.DateTimeField(_("ends"))
    number = models.PositiveIntegerField(_("number"))

    class Meta:
        verbose_name = _("count")
        verbose_name_plural = _("counts")

    def __str__(self) -> str:
        return f"{self.kind}: {self.number}"
