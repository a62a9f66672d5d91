from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _

from territory.extensions import table_pages
from toolkit.tables.pages import TablePage


class TerritoryConfig(AppConfig):
    name = "territory"
    verbose_name = _("Territory")

    def ready(self) -> None:
        table_pages.add(lambda: TablePage(1, "territory:unit_paste", _("Units")))
        table_pages.add(lambda: TablePage(2, "territory:area_paste", _("RW and RT")))
