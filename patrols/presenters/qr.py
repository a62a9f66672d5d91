"""Addresses as pictures that a phone's camera reads: the code of an apel, the plates of a route."""

from collections.abc import Sequence
from dataclasses import dataclass

import segno
from django.utils.safestring import SafeString, mark_safe

from patrols.models import Checkpoint


@dataclass(frozen=True)
class Plate:
    """What is printed for a checkpoint. `number` is its place on the route, from 1."""

    number: int
    checkpoint: Checkpoint
    address: str
    picture: SafeString


def code_picture(address: str) -> SafeString:
    """Inline SVG without styles, dark on white in both themes, with its quiet zone."""
    picture = segno.make(address, error="m", micro=False).svg_inline(
        border=4, dark="#000", light="#fff", omitsize=True, svgclass=None, lineclass=None
    )
    return mark_safe(picture)  # noqa: S308 made of numbers alone


def plates_of(checkpoints: Sequence[Checkpoint], addresses: Sequence[str]) -> list[Plate]:
    """One for each checkpoint, in their order."""
    pairs = zip(checkpoints, addresses, strict=True)
    return [
        Plate(number, checkpoint, address, code_picture(address))
        for number, (checkpoint, address) in enumerate(pairs, start=1)
    ]
