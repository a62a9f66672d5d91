from datetime import timedelta

from django.apps import AppConfig
from django.core.checks import register
from django.utils.translation import gettext_lazy as _

from territory.extensions import move_refusals, table_pages, unit_concerns
from toolkit.expired_cache import delete_expired_rows
from toolkit.jobs.registry import Job, jobs
from toolkit.tables.pages import TablePage


class AccountsConfig(AppConfig):
    name = "accounts"
    verbose_name = _("People and access")

    def ready(self) -> None:
        from django.contrib.sessions.backends.db import SessionStore

        from accounts.admin.unit_concerns import nobody_opens_sealed, others_would_open_sealed
        from accounts.checks import no_demo_accounts
        from accounts.services.receipts import delete_old_receipts

        register(no_demo_accounts, deploy=True)
        table_pages.add(lambda: TablePage(3, "accounts:person_paste", _("People")))
        unit_concerns.add(nobody_opens_sealed)
        move_refusals.add(others_would_open_sealed)
        jobs.add(Job("clear_sessions", timedelta(days=1), SessionStore.clear_expired))
        jobs.add(Job("clear_receipts", timedelta(days=1), delete_old_receipts))
        jobs.add(Job("clear_cache", timedelta(minutes=1), delete_expired_rows))
