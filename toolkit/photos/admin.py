from django.contrib import admin
from django.urls import reverse
from django.utils.html import format_html
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from toolkit.photos.models import Photo


class PictureColumn:
    """Column `picture` for photos. `photo_page` is the page that asks for the rights of the row."""

    photo_page: str

    @admin.display(description=gettext_lazy("photo"))
    def picture(self, row: Photo) -> str:
        if row.is_missing:
            return _("missing")
        return format_html(
            '<a href="{}"><img src="{}" alt="{}" width="160"></a>',
            reverse(self.photo_page, args=[row.pk, "large"]),
            reverse(self.photo_page, args=[row.pk, "small"]),
            _("photo"),
        )
