"""The admin site: models listed in ORDER are registered, others are not."""

from collections.abc import Iterable
from typing import Any

from django.contrib.admin import AdminSite
from django.contrib.admin.apps import AdminConfig
from django.db.models import Model
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

# The order on the front page. Models missing here are not registered: packages bring some that
# nobody needs, such as e-mail addresses and groups of rights.
ORDER: dict[str, tuple[str, ...]] = {
    "patrols": (
        *("Schedule", "Duty", "LogEntry", "LateNote", "Attendance", "Route", "GuardPost"),
        *("PostHours", "PostItem", "PostFault", "PostHandover", "ShareTemplate"),
    ),
    "programs": (*("Activity", "Instruction", "ResidentIssue", "Forum", "ActivityKind", "Sheet"),),
    "reports": (
        *("Report", "Hotspot", "HotspotProposal", "Category", "Handover", "ContactAccess"),
    ),
    "partners": ("PartnerGroup", "GroupMember", "GroupKind"),
    "accounts": ("User", "Posting"),
    "territory": ("Unit", "UnitArea", "Area", "Boundary"),
    "jobs": ("JobRecord",),
}


class KamtibmasAdminSite(AdminSite):
    site_header = _("Kamtibmas administration")
    site_title = _("Administration")
    index_title = _("What is kept here")
    empty_value_display = "–"

    def register(
        self,
        model_or_iterable: type[Model] | Iterable[type[Model]],
        admin_class: Any = None,
        **options: Any,
    ) -> None:
        models = [model_or_iterable] if isinstance(model_or_iterable, type) else model_or_iterable
        ours = [m for m in models if m.__name__ in ORDER.get(m._meta.app_label, ())]
        super().register(ours, admin_class, **options)

    def get_app_list(self, request: HttpRequest, app_label: str | None = None) -> list[Any]:
        found = {app["app_label"]: app for app in super().get_app_list(request, app_label)}
        for name, app in found.items():
            app["models"].sort(key=lambda model: ORDER[name].index(model["object_name"]))
        return [found[name] for name in ORDER if name in found]

    def get_urls(self) -> list[Any]:
        # "View on site" reads any row of any table by number, and no model here has such a page.
        return [url for url in super().get_urls() if getattr(url, "name", "") != "view_on_site"]


class KamtibmasAdminConfig(AdminConfig):
    default_site = "kamtibmas_site.admin_site.KamtibmasAdminSite"
