from typing import Any

from django.conf import settings
from django.core.management import call_command
from django.core.management.base import BaseCommand, CommandError

from toolkit.database.roles import as_owner, grant_site_role


class Command(BaseCommand):
    help = (
        "Brings the database up to this release: tables, the table of the cache, and what the "
        "site's role may do. It connects as the role of DATABASE_OWNER_URL. Run it after "
        "installing and after each upgrade; again, it changes nothing."
    )

    def handle(self, *args: Any, **options: Any) -> None:
        role = str(settings.DATABASES["default"].get("USER") or "")
        if settings.DATABASE_OWNER and not role:
            raise CommandError("DATABASE_URL names no role: postgresql://role@…")
        if settings.DATABASE_OWNER and settings.DATABASE_OWNER.get("USER") == role:
            raise CommandError("DATABASE_OWNER_URL and DATABASE_URL name the same role.")
        with as_owner() as has_owner:
            call_command("migrate", interactive=False, verbosity=options["verbosity"])
            call_command("createcachetable", verbosity=options["verbosity"])
            if has_owner:
                grant_site_role(role)
        if not has_owner:
            self.stderr.write(
                "DATABASE_OWNER_URL is not set: one role owns the tables and serves the site "
                "(docs/deployment.md, “Two roles”)."
            )
