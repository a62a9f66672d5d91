"""Invented rows for trying the site out. Accounts and names are roles, never persons."""

from kamtibmas_site.demo.accounts import ALL

PASSWORD = "kamtibmas-demo"  # noqa: S105

# What `make run` and the sign-in page of a demo show: username, role.
ACCOUNTS: list[tuple[str, str]] = [
    (account.username, account.about) for account in ALL if account.about
]
