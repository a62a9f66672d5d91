"""What the database does for a page: statements, their time, and plans that read too much."""

import json
from dataclasses import dataclass, field
from typing import Any

from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

GROWING = {
    "patrols_logentry",
    "patrols_duty",
    "patrols_attendance",
    "patrols_entryphoto",
    "partners_groupmember",
    "accounts_user",
}
# A scan that throws away more rows than this, and most of what it reads, walks too far.
MAX_ROWS_REMOVED = 1000


@dataclass
class Reading:
    """`sql_ms` is the database's own time for all statements, planning included."""

    statements: int
    sql_ms: float
    faults: list[str] = field(default_factory=list)


def read_plans(client: Client, path: str) -> Reading:
    """Fetches the page once to warm it, once to note its SELECTs, and explains each of them."""
    client.get(path)
    with CaptureQueriesContext(
        connection,
    ) as captured:
        response = client.get(path)
    if response.status_code != 200:
        raise RuntimeError(f"{path} answered {response.status_code}.")
    reading = Reading(len(captured), 0.0)
    for query in captured.captured_queries:
        statement = query["sql"]
        if not statement.startswith("SELECT"):
            continue
        with connection.cursor() as cursor:
            cursor.execute("EXPLAIN (ANALYZE, FORMAT JSON) " + statement.replace("%", "%%"), [])
            answer = cursor.fetchone()[0]
        plan = (json.loads(answer) if isinstance(answer, str) else answer)[0]
        reading.sql_ms += plan["Execution Time"] + plan["Planning Time"]
        reading.faults += [f"{fault}: {statement[:160]}" for fault in faults(plan["Plan"])]
    return reading


def faults(plan: dict[str, Any]) -> list[str]:
    """Sequential scans of growing tables, and scans that read far more rows than they return."""
    found = []
    table = plan.get("Relation Name", "")
    loops = plan.get("Actual Loops", 1)
    removed = (
        plan.get("Rows Removed by Filter", 0) + plan.get("Rows Removed by Index Recheck", 0)
    ) * loops
    if plan["Node Type"] == "Seq Scan" and table in GROWING:
        found.append(f"sequential scan of {table}")
    elif removed > MAX_ROWS_REMOVED and removed > 5 * plan["Actual Rows"] * loops:
        found.append(f"{plan['Node Type']} of {table} reads {removed} rows in vain")
    for below in plan.get("Plans", []):
        found += faults(below)
    return found
