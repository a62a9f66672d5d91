from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from toolkit.database.append_only import deletable


@deletable()
class CalendarLink(models.Model):
    """The secret address at which a calendar reads a person's duties.

    Only its hash is kept, so that nobody who reads the table can use it.
    """

    user = models.OneToOneField(
        settings.AUTH_USER_MODEL,
        on_delete=models.CASCADE,
        related_name="calendar_link",
        verbose_name=_("person"),
    )
    digest = models.CharField(_("digest"), max_length=64, unique=True, editable=False)
    made_at = models.DateTimeField(_("made"))

    class Meta:
        verbose_name = _("calendar address")
        verbose_name_plural = _("calendar addresses")

    def __str__(self) -> str:
        return str(self.user)

    @property
    def stamp(self) -> str:
        """Another one for each address of the person."""
        return self.made_at.isoformat()
