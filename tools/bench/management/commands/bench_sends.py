import os
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from tools.bench import databases, servers
from tools.bench.crowd import Crowd, send_at
from tools.bench.pages import send_calls

SENT = 303
MOST_MS = 500
WARM_UP = 40
STEP = 10
STEP_SECONDS = 15


class Command(BaseCommand):
    help = (
        "Sends reports at a fixed rate to a server of its own, then ever faster until it is late."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--rate", type=int, default=50, help="reports a second, 50")
        parser.add_argument("--seconds", type=int, default=60)
        parser.add_argument("--size", type=int, default=1000, help="reports that are there before")
        parser.add_argument("--ceiling", action="store_true", help="then look for the highest rate")

    def handle(self, *args: Any, **options: Any) -> None:
        os.environ["DATABASE_URL"] = databases.address(databases.prepare(options["size"]))
        rate = options["rate"]
        with servers.serving("kamtibmas_site.settings") as port:
            send_at(port, send_calls(WARM_UP), 10)
            crowd = self.send(port, rate, options["seconds"])
            kept = is_kept(crowd)
            while options["ceiling"] and is_kept(crowd):
                rate += STEP
                crowd = self.send(port, rate, STEP_SECONDS)
        if not kept:
            raise CommandError(f"Not every report was taken within {MOST_MS} ms (95 %).")

    def send(self, port: int, rate: int, seconds: int) -> Crowd:
        crowd = send_at(port, send_calls(rate * seconds), rate)
        times = ", ".join(f"p{percent} {crowd.percentile(percent):.0f}" for percent in (50, 95, 99))
        self.stdout.write(
            f"{rate}/s for {seconds} s: {times} ms, {crowd.wrong(SENT)} not taken "
            f"{dict(crowd.statuses)} {dict(crowd.failures) or ''}; "
            f"{len(crowd.took) / crowd.seconds:.1f}/s answered"
        )
        return crowd


def is_kept(crowd: Crowd) -> bool:
    return not crowd.wrong(SENT) and crowd.percentile(95) <= MOST_MS
