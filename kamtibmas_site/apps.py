from django.apps import AppConfig


class KamtibmasSiteConfig(AppConfig):
    name = "kamtibmas_site"
