"""The order in which statements lock, as docs/adr/0021 says it."""

import re

NAME = "a name"
# Rows of a roll, entries and reports are of one rank.
RANK = {
    NAME: 0,
    "patrols_schedule": 1,
    "patrols_duty": 2,
    "patrols_attendance": 3,
    "patrols_logentry": 3,
    "reports_report": 3,
    "programs_residentissue": 3,
    "patrols_posthandover": 4,
    "patrols_postitem": 5,
    "accounts_user": 6,
    "partners_groupmember": 7,
}
LOCKS = re.compile(r"FOR (NO KEY )?UPDATE( OF [\w\", .]+)?$")


def locked_kinds(statements):
    """One list for each transaction: what it locks, in its order."""
    found, depth = [[]], 0
    for sql in statements:
        if sql.startswith("SAVEPOINT"):
            depth += 1
        elif sql.startswith(("RELEASE", "ROLLBACK")):
            depth -= 1
            if depth == 0:
                found.append([])
        elif "pg_advisory_xact_lock" in sql:
            found[-1].append(NAME)
        elif LOCKS.search(sql):
            table = re.search(r' FROM "(\w+)"', sql)[1]
            if table in RANK:
                found[-1].append(table)
    return found


def out_of_order(statements):
    """Pairs of which the second should have been locked first. A row that is locked once more,
    after others, waits for nobody."""
    wrong = set()
    for kinds in locked_kinds(statements):
        fresh = [kind for n, kind in enumerate(kinds) if kind == NAME or kind not in kinds[:n]]
        for number, kind in enumerate(fresh):
            wrong |= {(before, kind) for before in fresh[:number] if RANK[before] > RANK[kind]}
    return wrong


def unsorted_locks(statements):
    """Locks of many rows that do not begin with the lowest key."""
    return {
        sql
        for sql in statements
        if LOCKS.search(sql)
        and " IN (" in sql.rpartition(" WHERE ")[2]
        and not re.search(r'ORDER BY (1|"\w+"\."id") ASC', sql)
        and " LIMIT " not in sql
    }
