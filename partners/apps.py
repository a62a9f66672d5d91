from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _

from territory.extensions import table_pages
from toolkit.tables.pages import TablePage


class PartnersConfig(AppConfig):
    name = "partners"
    verbose_name = _("Partner groups")

    def ready(self) -> None:
        table_pages.add(lambda: TablePage(4, "partners:member_paste", _("Members of groups")))
