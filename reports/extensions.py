"""What this app asks of the apps above it, which fill it in."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Origin:
    """Where a report came from inside the house. `url` is empty for who may not go there."""

    name: str
    url: str
