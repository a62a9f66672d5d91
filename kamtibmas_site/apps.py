from django.apps import AppConfig


class KamtibmasSiteConfig(AppConfig):
    name = "kamtibmas_site"

    def ready(self) -> None:
        from toolkit.database import checks  # noqa: F401  # registers them
