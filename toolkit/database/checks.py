"""What ``check --deploy`` asks the database's server."""

from typing import Any

from django.core.checks import CheckMessage, Warning, register
from django.db import DatabaseError, connection

from toolkit.database import server_log
from toolkit.database.roles import excess


@register(deploy=True)
def check_server(**options: Any) -> list[CheckMessage]:
    """Names each setting of the server that lets texts of citizens into its log, and what the
    site's role may do too much."""
    try:
        with connection.cursor() as cursor:
            cursor.execute(server_log.QUERY, [list(server_log.QUIET)])
            settings = [server_log.Setting(*row) for row in cursor.fetchall()]
        too_much = excess()
    except DatabaseError:
        return [
            Warning("The database does not answer: nothing of it is checked.", id="toolkit.W001")
        ]
    found: list[CheckMessage] = [
        Warning(line, id="toolkit.W002") for line in server_log.complaints(settings)
    ]
    return [*found, *([Warning(str(too_much), id="toolkit.W003")] if too_much else [])]
