"""Telephone numbers for the demo that cannot ring: no operator in Indonesia has the prefix 0860."""


def example_phone(number: int) -> str:
    """``+62860000000007``."""
    return f"+6286000{number:06}"
