"""What PostgreSQL writes into its own log: nothing that people typed.

By default it writes a failed statement with its values, the row that a constraint refused, and what
a server process that was killed had been doing. Each may be a sealed report.

The launcher reads this module before Django is set up.
"""

from collections.abc import Mapping
from typing import NamedTuple

# The values that keep texts out of the log, by setting; the first is the one to set.
QUIET: Mapping[str, tuple[str, ...]] = {
    # Errors are not logged at all, because some quote a value. Starts, crashes and FATAL are.
    "log_min_messages": ("log", "fatal", "panic"),
    "log_min_error_statement": ("panic",),
    # Without the lines DETAIL and CONTEXT, which hold rows and statements.
    "log_error_verbosity": ("terse",),
    "log_statement": ("none",),
    "log_min_duration_statement": ("-1",),
    "log_min_duration_sample": ("-1",),
    "log_transaction_sample_rate": ("0",),
    "log_parameter_max_length": ("0",),
    "log_parameter_max_length_on_error": ("0",),
    "debug_print_parse": ("off",),
    "debug_print_rewritten": ("off",),
    "debug_print_plan": ("off",),
    # Of extensions, where they are loaded.
    "auto_explain.log_min_duration": ("-1",),
    "pgaudit.log": ("none",),
}
# Who has set a value that holds for the whole server. A process that ends after a crash, or a
# restore by another role, heeds no setting of one database or role.
SERVER_WIDE = {"default", "configuration file", "command line", "environment variable"}


class Setting(NamedTuple):
    """A row of pg_settings."""

    name: str
    value: str
    source: str


QUERY = "SELECT name, setting, source FROM pg_settings WHERE name = ANY(%s)"


def server_options() -> list[str]:
    """``name=value`` of every setting, for a server that is started with them."""
    return [f"{name}={values[0]}" for name, values in QUIET.items() if "." not in name]


def complaints(settings: list[Setting]) -> list[str]:
    """A sentence for each setting that lets texts into the log."""
    found = []
    for name, value, source in sorted(settings):
        wanted = QUIET[name]
        if value not in wanted:
            found.append(
                f"{name} is {value!r}: PostgreSQL may write what people report into its log. "
                f"Set it to {wanted[0]!r} for the whole server."
            )
        elif source not in SERVER_WIDE:
            found.append(
                f"{name} is {value!r} for this {source} only: set it for the whole server."
            )
    return found
