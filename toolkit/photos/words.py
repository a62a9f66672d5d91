"""Says which photos are missing."""

from collections.abc import Iterable

from django.utils.translation import ngettext

from toolkit.photos.models import Photo


def missing_words(photos: Iterable[Photo]) -> str:
    """“Photo 2 of 3 could not be stored.” The numbers are those beside the photos on a page.

    Empty if none is missing.
    """
    rows = list(photos)
    missing = [str(number) for number, photo in enumerate(rows, 1) if photo.is_missing]
    if not missing:
        return ""
    return ngettext(
        "Photo %(numbers)s of %(all)d could not be stored; everything else is.",
        "Photos %(numbers)s of %(all)d could not be stored; everything else is.",
        len(missing),
    ) % {"numbers": ", ".join(missing), "all": len(rows)}
