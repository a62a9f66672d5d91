"""Loads group_kinds.csv and groups.csv."""

from pathlib import Path

from partners.models import GroupKind, PartnerGroup
from seeds.reader import Row, read
from seeds.sync import Tally, sync
from seeds.territory import area_of, ids_of_areas, ids_of_units, unit_of


def load_group_kinds(folder: Path, *, update: bool) -> Tally:
    def kind(row: Row) -> GroupKind:
        return GroupKind(
            code=row.need("code"),
            label=row.need("label"),
            needs_confirmation=row.yes("needs_confirmation"),
            order=row.integer("order") or 0,
        )

    rows = read(folder / "group_kinds.csv", "code label needs_confirmation order")
    return sync(
        GroupKind,
        ((row, kind(row)) for row in rows),
        key=["code"],
        fields=["label", "needs_confirmation", "order"],
        update=update,
    )


def load_groups(folder: Path, *, update: bool) -> Tally:
    areas, units = ids_of_areas(), ids_of_units()
    kinds = dict(GroupKind.objects.values_list("code", "pk"))

    def group(row: Row) -> PartnerGroup:
        if row.text("kind") not in kinds:
            row.fail(f"no kind of group {row.text('kind')!r}")
        return PartnerGroup(
            unit_id=unit_of(row, units),
            name=row.need("name"),
            kind_id=kinds[row.text("kind")],
            area_id=area_of(row, areas),
            note=row.text("note"),
        )

    return sync(
        PartnerGroup,
        ((row, group(row)) for row in read(folder / "groups.csv", "unit name kind area note")),
        key=["unit_id", "name"],
        fields=["kind_id", "area_id", "note"],
        update=update,
    )
