from typing import Any

from django.contrib import admin
from django.http import HttpRequest
from django.utils.html import format_html, format_html_join
from django.utils.translation import gettext_lazy as _

from patrols.models import ShareTemplate
from patrols.models.sharing import DUTY_WORDS, ENTRY_WORDS
from territory.admin.base import ScopedAdmin
from territory.admin.filters import UnitFilter
from toolkit.sharing.text import fill_template

# Invented values, which show an administrator how a filled template reads.
EXAMPLE = {
    "kesatuan": "Polsek Contoh",
    "kegiatan": "Patroli malam",
    "jenis": "Patroli gabungan",
    "hari": "Sabtu",
    "tanggal": "21 November 2026",
    "pukul": "22.00–01.00 WIB",
    "tempat": "Rute Pasar",
    "sprin": "Sprin/12/XI/2026",
    "pimpinan": "Aiptu Contoh",
    "personel": "4 petugas, 6 relawan",
    "uraian": "22.15 Rute Pasar: dialog dengan warga",
    "hasil": "Nihil",
    "situasi": "Aman dan kondusif",
    "catatan": "Kabel menjuntai di depan pasar",
    "koordinat": "-6,14700, 106,80300",
}
WORDS = {
    "kesatuan": _("the unit"),
    "kegiatan": _("the duty's name"),
    "jenis": _("the kind of patrol or of entry"),
    "hari": _("the weekday"),
    "tanggal": _("the date"),
    "pukul": _("the time with its zone"),
    "tempat": _("the place: post, route or checkpoint"),
    "sprin": _("the number of the Sprin"),
    "pimpinan": _("who leads"),
    "personel": _("who was there, or how many"),
    "uraian": _("the log, line by line"),
    "hasil": _("the result, or Nihil"),
    "situasi": _("the situation"),
    "catatan": _("the text of the entry"),
    "koordinat": _("the position"),
}


@admin.register(ShareTemplate)
class ShareTemplateAdmin(ScopedAdmin):
    """A unit without a template of its own uses that of the unit above."""

    unit_path = "unit"
    can_be_deleted = True
    list_display = ["unit", "names_people"]
    list_select_related = ["unit"]
    list_filter = [UnitFilter]
    search_fields = ["unit__name__alike"]
    autocomplete_fields = ["unit"]
    readonly_fields = ["duty_words", "entry_words", "duty_preview", "entry_preview"]
    ordering = ["unit__name"]
    fieldsets = [
        (None, {"fields": ["unit", "names_people"]}),
        (_("Report of a duty"), {"fields": ["duty_text", "duty_words", "duty_preview"]}),
        (_("Report of an entry"), {"fields": ["entry_text", "entry_words", "entry_preview"]}),
    ]

    def get_fieldsets(self, request: HttpRequest, obj: ShareTemplate | None = None) -> Any:
        parts = super().get_fieldsets(request, obj)
        if obj is not None:
            return parts
        return [
            (title, {"fields": [f for f in part["fields"] if not str(f).endswith("_preview")]})
            for title, part in parts
        ]

    def _words(self, words: tuple[str, ...]) -> str:
        return format_html_join("\n", "<div>{{{}}} – {}</div>", ((w, WORDS[w]) for w in words))

    @admin.display(description=_("words in braces"))
    def duty_words(self, row: ShareTemplate) -> str:
        return self._words(DUTY_WORDS)

    @admin.display(description=_("words in braces"))
    def entry_words(self, row: ShareTemplate) -> str:
        return self._words(ENTRY_WORDS)

    @admin.display(description=_("filled with an example"))
    def duty_preview(self, row: ShareTemplate) -> str:
        return format_html("<pre>{}</pre>", fill_template(row.duty_text, EXAMPLE))

    @admin.display(description=_("filled with an example"))
    def entry_preview(self, row: ShareTemplate) -> str:
        return format_html("<pre>{}</pre>", fill_template(row.entry_text, EXAMPLE))
