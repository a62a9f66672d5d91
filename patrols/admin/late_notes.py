from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

from patrols.models import LateNote, LateNotePhoto
from territory.admin.base import ScopedAdmin, ScopedInline
from territory.admin.filters import MomentPeriodFilter, UnitFilter
from territory.admin.times import local_time
from territory.times import moment


class ReceivedFilter(MomentPeriodFilter):
    column = "received_at"


class LateNotePhotoInline(ScopedInline):
    """Without the pictures: only who heads the unit, and the author, open these."""

    model = LateNotePhoto
    unit_path = "note"
    is_read_only = True
    fields = ("width", "height", local_time(LateNotePhoto, "added_at", "note.unit"))
    readonly_fields = fields

    def get_queryset(self, request: HttpRequest) -> QuerySet[LateNotePhoto]:
        rows: QuerySet[LateNotePhoto] = super().get_queryset(request)
        return rows.select_related("note__unit")


@admin.register(LateNote)
class LateNoteAdmin(ScopedAdmin):
    """What could not be stored in its log, to count. Nobody changes anything in it.

    Without the words, nor the hash by which they could be guessed: whoever may read them has the
    list of late notes, and an administrator may not (docs/adr/0024).
    """

    is_large = True
    is_read_only = True
    list_display = ["time", "duty", "unit", "kind", "author", "read_by"]
    list_select_related = ["duty", "unit", "author", "read_by"]
    list_filter = [UnitFilter, ReceivedFilter, "kind"]
    search_fields = ["author__username__exact"]
    search_help_text = _("Username, whole.")
    sortable_by = ()
    inlines = [LateNotePhotoInline]
    times = [local_time(LateNote, column) for column in ("at", "device_at", "received_at")]
    fieldsets = [
        (None, {"fields": ["duty", "unit", "author", "kind"]}),
        (_("When"), {"fields": times}),
        (_("Read"), {"fields": ["read_by", local_time(LateNote, "read_at")]}),
        (_("Origin"), {"fields": ["client_uuid"]}),
    ]
    readonly_fields = [*times, local_time(LateNote, "read_at")]

    @admin.display(description=_("received"))
    def time(self, row: LateNote) -> str:
        return moment(row.received_at, row.unit)
