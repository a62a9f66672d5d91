"""Says which photos are missing."""

from collections.abc import Iterable

from django.utils.text import get_text_list
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from toolkit.photos.models import Photo


def missing_words(photos: Iterable[Photo]) -> str:
    """“Photos 1 and 3 of 4 could not be stored”, “Both photos could not be stored”.

    The numbers are those beside the photos on a page. Empty if none is missing.
    """
    rows = list(photos)
    missing = [str(number) for number, photo in enumerate(rows, 1) if photo.is_missing]
    if not missing:
        return ""
    if len(missing) < len(rows):
        return ngettext(
            "Photo %(numbers)s of %(all)d could not be stored; everything else is.",
            "Photos %(numbers)s of %(all)d could not be stored; everything else is.",
            len(missing),
        ) % {"numbers": get_text_list(missing, _("and")), "all": len(rows)}
    if len(rows) == 1:
        return _("The photo could not be stored; everything else is.")
    if len(rows) == 2:
        return _("Both photos could not be stored; everything else is.")
    return _("None of the photos could be stored; everything else is.")
