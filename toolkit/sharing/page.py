"""What pages share that offer a text and photos for WhatsApp."""

import json
from collections.abc import Sequence
from urllib.parse import quote

from django import forms
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from toolkit.photos.models import Photo
from toolkit.photos.store import MOST_SHARED


class ShareForm(forms.Form):
    """A text to send elsewhere. It may be changed before; nothing of that is stored."""

    text = forms.CharField(
        label=_("Text of the report"), required=False, widget=forms.Textarea(attrs={"rows": 18})
    )


def share_context(
    text: str, photos: Sequence[Photo], *, photo_page: str, title: str, with_residents: bool
) -> dict[str, object]:
    """What ``components/share_page.html`` shows.

    `photo_page` is the name of the page of one photo, `title` that of the text in other apps.
    """
    photos = photos[:MOST_SHARED]
    return {
        "form": ShareForm(initial={"text": text}),
        "whatsapp": f"https://wa.me/?text={quote(text)}",
        "photos": photos,
        "photo_page": photo_page,
        "photo_urls": json.dumps([reverse(photo_page, args=[row.pk, "large"]) for row in photos]),
        "share_title": title,
        "with_residents": with_residents,
    }
