import json
import os
import platform
import statistics
from datetime import date
from pathlib import Path
from typing import Any

import django
import psycopg2
from django.conf import settings
from django.core.management.base import BaseCommand, CommandParser
from django.db import connection
from django.test import Client

from accounts.models import User
from kamtibmas_site import server
from tools.bench import databases, servers
from tools.bench.pages import Call, Page, pages
from tools.bench.plans import read_plans
from tools.bench.sessions import session_of

WARM_UP = 10
SESSION = settings.SESSION_COOKIE_NAME
SIZES = "1000 100000 1000000"


class Command(BaseCommand):
    help = "Measures pages against a bare view, at several sizes; writes docs/benchmarks.md."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--requests", type=int, default=200, help="requests a page, 200")
        parser.add_argument("--only", default="", help="pages with this in their name; no file")
        parser.add_argument("--measure", action="store_true", help="this database only, as JSON")

    def handle(self, *args: Any, **options: Any) -> None:
        if options["measure"]:
            self.stdout.write(json.dumps(measure(options["requests"], options["only"])))
            return
        # WhiteNoise warns if it is missing, and `make run` may not have made it yet.
        Path(settings.STATIC_ROOT).mkdir(exist_ok=True)
        sizes = [int(word) for word in os.environ.get("SIZES", SIZES).split()]
        results = {}
        for size in sizes:
            self.stderr.write(f"{size:,} reports …")
            name = databases.prepare(size)
            words = ["--requests", str(options["requests"]), "--only", options["only"]]
            answer = databases.manage(name, "bench", "--measure", *words)
            results[size] = json.loads(answer)
        text = report(results, options["requests"])
        if not options["only"]:
            (Path(settings.BASE_DIR) / "docs" / "benchmarks.md").write_text(text)
        self.stdout.write(text)


def measure(requests: int, only: str = "") -> list[dict[str, Any]]:
    """One row of the table for each page whose name contains `only`.

    Page and floor are asked in turn, so that other load on the machine slows both.
    """
    with (
        servers.serving("kamtibmas_site.settings") as site,
        servers.serving("tools.bench.floor") as floor,
    ):
        anybody = {SESSION: session_of(User.objects.get(username="admin"))}
        return [
            measure_page(page, requests, site, floor, anybody)
            for page in pages()
            if only in page.name
        ]


def measure_page(
    page: Page, requests: int, site: int, floor: int, anybody: dict[str, str]
) -> dict[str, Any]:
    """One row of the table. `site` and `floor` are ports; `anybody` has a session for the floor."""
    calls = page.calls(2 + WARM_UP + requests)
    client = Client(headers={"host": "127.0.0.1"})
    client.cookies.load(page.cookies)
    cookies = dict(page.cookies)
    if page.user:
        cookies[SESSION] = session_of(page.user)
        client.force_login(page.user)
    reading = read_plans(client, calls[:2], page.answers)
    took: list[float] = []
    bare: list[float] = []
    length = 0
    for turn, call in enumerate(calls[2:]):
        floor_ms, _status, _length = servers.ask(floor, Call("/"), anybody)
        # From many addresses: one may send only so many reports in ten minutes.
        address = f"127.0.{1 + turn // 20}.1"
        page_ms, status, length = servers.ask(site, call, cookies, address)
        if status != page.answers:
            raise RuntimeError(f"{page.name}: {call.path} answered {status}.")
        if turn >= WARM_UP:
            bare.append(floor_ms)
            took.append(page_ms)
    median, floor_median = statistics.median(took), statistics.median(bare)
    return {
        "page": page.name,
        "budget": page.budget,
        "statements": reading.statements,
        "sql_ms": reading.sql_ms,
        "p50": median,
        "p95": statistics.quantiles(took, n=20)[-1],
        "floor": floor_median,
        "ratio": median / floor_median,
        "kilobytes": length / 1000,
        "faults": reading.faults,
    }


def report(results: dict[int, list[dict[str, Any]]], requests: int) -> str:
    """The text of docs/benchmarks.md."""
    with connection.cursor() as cursor:
        cursor.execute("SHOW server_version")
        postgresql = cursor.fetchone()[0]
    lines = [
        "# How fast the pages are",
        "",
        f"Made by `make bench` on {date.today():%Y-%m-%d}: {platform.machine()}, "  # noqa: DTZ011
        f"{os.cpu_count()} cores, Python {platform.python_version()}, "
        f"Django {django.get_version()}, PostgreSQL {postgresql}, "
        f"psycopg2 {psycopg2.__version__.split()[0]}, "
        f"{server.workers} processes with {server.threads} threads each.",
        "",
        "Times are milliseconds of a whole request over loopback, medians and 95th percentiles of "
        f"{requests} requests after {WARM_UP} to warm up. The floor is a bare Django view with "
        "session, CSRF and authentication middleware and one indexed SELECT, asked in turn with "
        "the page; the ratio is what compares between machines. SQL is the database's time for "
        "all statements of the page, from EXPLAIN ANALYZE. kB is the page before compression.",
        "",
        "Sizes are reports, beside as many log entries. × is the ratio against that at the "
        "smallest size.",
        "",
        "| page | reports | statements | SQL ms | p50 | p95 | floor | ratio | budget | × | kB |",
        "|---|--:|--:|--:|--:|--:|--:|--:|--:|--:|--:|",
    ]
    smallest = {row["page"]: row["ratio"] for row in next(iter(results.values()))}
    faults = []
    for name, least in smallest.items():
        for size, rows in results.items():
            row = next(row for row in rows if row["page"] == name)
            budget = "" if row["budget"] is None else f"≤ {row['budget']:g}"
            lines.append(
                f"| {name} | {size:,} | {row['statements']} | {row['sql_ms']:.1f} "
                f"| {row['p50']:.1f} | {row['p95']:.1f} | {row['floor']:.1f} "
                f"| {row['ratio']:.1f} | {budget} | {row['ratio'] / least:.2f} "
                f"| {row['kilobytes']:.0f} |"
            )
            faults += [f"- {name}, {size:,}: {fault}" for fault in row["faults"]]
    lines += ["", "Plans that read more than they should:", "", *(faults or ["- none"]), ""]
    return "\n".join(lines)
