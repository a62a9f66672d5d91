"""Why an officer is offered for a report: «bertugas sekarang · melayani Angke · 2 terbuka»."""

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from reports.selectors.officers import Likely


def reasons_for(one: Likely) -> str:
    words = []
    if one.is_on_duty:
        words.append(_("on duty now"))
    if one.village:
        words.append(_("serves %(village)s") % {"village": one.village})
    words.append(ngettext("%(n)d open", "%(n)d open", one.open) % {"n": one.open})
    return " · ".join(words)
