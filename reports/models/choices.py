from django.db import models
from django.utils.translation import gettext_lazy as _


class Source(models.TextChoices):
    WEB = "web", _("web")
    PHONE = "phone", _("telephone")
    WALK_IN = "walk_in", _("came in person")
    WHATSAPP = "whatsapp", _("WhatsApp")
    PATROL = "patrol", _("patrol")
    CYBER = "cyber", _("cyber patrol")
    PARTNER = "partner", _("partner group")
    COMMUNITY = "community", _("visit or meeting with residents")


# Somebody told it to an officer, and is given the code there and then.
TOLD = frozenset({Source.PHONE, Source.WALK_IN, Source.WHATSAPP, Source.PARTNER})
# Police were there before the report was: nobody waits for an officer, and nothing is due.
MET = frozenset({Source.PATROL, Source.COMMUNITY})


class Privacy(models.TextChoices):
    """The reporter's choice, by name (docs/adr/0007)."""

    ANONYMOUS = "anonymous", _("Without a name")
    SEALED = "sealed", _("Name sealed")
    OFFICERS = "officers", _("Name for the officers")


class Precision(models.TextChoices):
    EXACT = "exact", _("exactly then")
    ABOUT = "about", _("about then")
    UNKNOWN = "unknown", _("not known")


class Priority(models.TextChoices):
    URGENT = "urgent", _("urgent")
    HIGH = "high", _("high")
    NORMAL = "normal", _("normal")
