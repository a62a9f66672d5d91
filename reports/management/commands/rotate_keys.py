from typing import Any

from django.core.management.base import BaseCommand, CommandError

from reports.services.keys import WrongKeys, rotate_keys


class Command(BaseCommand):
    help = (
        "Encrypts all contacts of reporters with the newest of the keys. May be stopped and called"
        " again; the site goes on meanwhile."
    )

    def handle(self, *args: Any, **options: Any) -> None:
        try:
            done = rotate_keys()
        except WrongKeys as error:
            raise CommandError(str(error)) from error
        self.stdout.write(f"Contacts encrypted with the newest key: {done.changed}.")
        if done.unreadable:
            raise CommandError(
                f"No key opens the contacts of {', '.join(done.unreadable)}: keep the former keys."
            )
        self.stdout.write("The former keys are not needed any more.")
