from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class DatabaseConfig(AppConfig):
    name = "toolkit.database"
    verbose_name = _("Database")

    def ready(self) -> None:
        from toolkit.database import checks  # noqa: F401  # registers them
