from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _

from territory.extensions import unit_concerns


class AccountsConfig(AppConfig):
    name = "accounts"
    verbose_name = _("People and access")

    def ready(self) -> None:
        from accounts.selectors import nobody_opens_sealed

        unit_concerns.add(nobody_opens_sealed)
