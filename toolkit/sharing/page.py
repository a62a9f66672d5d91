"""What pages share that offer a text and photos for WhatsApp."""

import json
from collections.abc import Sequence
from urllib.parse import quote

from django import forms
from django.db.models import Model
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from toolkit.photos.store import MOST_SHARED


class ShareForm(forms.Form):
    """A text to send elsewhere. It may be changed before; nothing of that is stored."""

    hide_optional = True

    text = forms.CharField(
        label=_("Text of the report"), required=False, widget=forms.Textarea(attrs={"rows": 18})
    )


def shared(
    text: str, photos: Sequence[Model], photo_page: str, with_residents: bool
) -> dict[str, object]:
    """What such a page needs; `photo_page` is the name of the page of one photo."""
    photos = photos[:MOST_SHARED]
    return {
        "form": ShareForm(initial={"text": text}),
        "whatsapp": f"https://wa.me/?text={quote(text)}",
        "photos": photos,
        "photo_urls": json.dumps([reverse(photo_page, args=[row.pk, "large"]) for row in photos]),
        "with_residents": with_residents,
    }
