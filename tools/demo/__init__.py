"""Invented rows for trying the site out. Accounts and names are roles, never persons."""

from tools.demo.accounts import ALL

PASSWORD = "kamtibmas-demo"  # noqa: S105

# Whoever has a report's code is its reporter: this one is for trying /lacak/ out.
TRACKED_CODE = "LW-C0NT-0H12-3456"

# What `make run` and the sign-in page of a demo show: username, role.
ACCOUNTS: list[tuple[str, str]] = [
    (account.username, account.about) for account in ALL if account.about
]
