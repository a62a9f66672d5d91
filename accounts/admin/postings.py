from django.contrib import admin

from accounts.models import Posting
from territory.admin.base import ScopedAdmin
from territory.admin.filters import UnitFilter


@admin.register(Posting)
class PostingAdmin(ScopedAdmin):
    """Who holds which role where. Postings are changed on the page of the person."""

    unit_path = "unit"
    is_read_only = True
    is_large = True
    list_display = ["user", "unit", "role", "title", "opens_sealed", "starts_on", "ends_on"]
    list_select_related = ["user", "unit"]
    list_filter = [UnitFilter, "role", "opens_sealed"]
    search_fields = ["user__name__alike", "user__nrp__startswith"]
    fields = ["user", "unit", "role", "title", "opens_sealed", "starts_on", "ends_on", "villages"]
