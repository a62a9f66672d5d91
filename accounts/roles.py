"""Roles, and what each may do in the unit of its posting and below."""

from django.db.models import TextChoices
from django.utils.translation import gettext_lazy as _


class Role(TextChoices):
    OFFICER = "officer", _("officer")
    COMMANDER = "commander", _("commander")
    OPERATOR = "operator", _("operator")
    ADMIN = "admin", _("administrator")


class Action(TextChoices):
    VIEW = "view"
    LOG = "log"
    RUN = "run"
    PLAN = "plan"
    REVIEW = "review"
    MANAGE = "manage"
    UNSEAL = "unseal"


GRANTS: dict[str, frozenset[str]] = {
    Role.OFFICER: frozenset({Action.VIEW, Action.LOG, Action.RUN}),
    Role.COMMANDER: frozenset({Action.VIEW, Action.LOG, Action.RUN, Action.PLAN, Action.REVIEW}),
    Role.OPERATOR: frozenset({Action.VIEW, Action.LOG, Action.RUN, Action.PLAN}),
    Role.ADMIN: frozenset({Action.VIEW, Action.PLAN, Action.MANAGE}),
}
# No role opens sealed reports: a posting grants that, and superusers have no posting.
EVERYTHING = frozenset(Action.values) - {Action.UNSEAL}


class Rank(TextChoices):
    """Ranks of Polri, low to high, and one for civil servants. Not translated: they are names."""

    BHARADA = "bharada", "Bharada"
    BHARATU = "bharatu", "Bharatu"
    BHARAKA = "bharaka", "Bharaka"
    ABRIPDA = "abripda", "Abripda"
    ABRIPTU = "abriptu", "Abriptu"
    ABRIP = "abrip", "Abrip"
    BRIPDA = "bripda", "Bripda"
    BRIPTU = "briptu", "Briptu"
    BRIGPOL = "brigpol", "Brigpol"
    BRIPKA = "bripka", "Bripka"
    AIPDA = "aipda", "Aipda"
    AIPTU = "aiptu", "Aiptu"
    IPDA = "ipda", "Ipda"
    IPTU = "iptu", "Iptu"
    AKP = "akp", "AKP"
    KOMPOL = "kompol", "Kompol"
    AKBP = "akbp", "AKBP"
    KOMBES = "kombes", "Kombes"
    BRIGJEN = "brigjen", "Brigjen"
    IRJEN = "irjen", "Irjen"
    KOMJEN = "komjen", "Komjen"
    JENDERAL = "jenderal", "Jenderal"
