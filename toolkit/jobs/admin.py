from typing import TYPE_CHECKING

from django.contrib import admin
from django.db.models import Model
from django.http import HttpRequest

from toolkit.jobs.models import JobRecord

if TYPE_CHECKING:
    JobRecordModelAdmin = admin.ModelAdmin[JobRecord]
else:
    JobRecordModelAdmin = admin.ModelAdmin


@admin.register(JobRecord)
class JobRecordAdmin(JobRecordModelAdmin):
    """Read-only, and for superusers: jobs belong to the whole site, not to a unit."""

    list_display = ("name", "last_run_at", "duration_ms", "last_failed_at")
    # Every admin of this site has these attributes; tests read them.
    is_read_only = True
    can_be_added = can_be_deleted = is_large = False

    def has_module_permission(self, request: HttpRequest) -> bool:
        return self.has_view_permission(request)

    def has_view_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        return bool(getattr(request.user, "is_superuser", False))

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        return False
