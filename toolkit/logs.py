"""What no line of the log may show."""

import logging
import re

TOKEN = re.compile(r"(/accounts/link/\d+/|/patrols/calendar/)[\w-]+")


class HideTokens(logging.Filter):
    """Django logs the path of a refused request; that of a link for a password, or of a
    calendar, would open it."""

    def filter(self, record: logging.LogRecord) -> bool:
        line = record.getMessage()
        hidden = TOKEN.sub(r"\1…", line)
        if hidden != line:
            record.msg, record.args = hidden, None
        return True
