import statistics
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from tools.bench import databases, servers
from tools.bench.phones import make_phones, send_all


class Command(BaseCommand):
    help = "Sends what phones have kept in a night without a signal, all of them at once."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--phones", type=int, default=50)
        parser.add_argument("--items", type=int, default=100, help="of each phone, 100")
        parser.add_argument("--size", type=int, default=1000, help="entries that are there before")
        parser.add_argument("--measure", action="store_true", help="this database")

    def handle(self, *args: Any, **options: Any) -> None:
        if not options["measure"]:
            name = databases.prepare(options["size"])
            words = [f"--{word}={options[word]}" for word in ("phones", "items")]
            self.stdout.write(databases.manage(name, "bench_outbox", "--measure", *words))
            return
        phones = make_phones(options["phones"], options["items"])
        with servers.serving("kamtibmas_site.settings") as port:
            send_all(port, make_phones(2, 10))  # to warm up
            evening = send_all(port, phones)
        quantiles = statistics.quantiles(evening.took, n=100)
        times = ", ".join(f"p{percent} {quantiles[percent - 1]:.0f}" for percent in (50, 95, 99))
        self.stdout.write(
            f"{len(phones)} phones × {options['items']} items in {evening.seconds:.1f} s: "
            f"{len(evening.took) / evening.seconds:.1f}/s, {times} ms, {evening.wrong} errors "
            f"{dict(evening.statuses)} {dict(evening.failures) or ''}, {evening.lost} lost, "
            f"{evening.doubled} doubled"
        )
        if evening.wrong or evening.lost or evening.doubled:
            raise CommandError("Not every item was stored once, at once.")
