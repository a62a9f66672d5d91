"""Every address of the site, from the resolver, with keys of rows that exist or do not."""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from random import Random
from typing import Any

from django.contrib import admin
from django.db.models import Model
from django.urls import URLPattern, URLResolver, get_resolver

from accounts.models import Absence, Posting, User
from partners.models import GroupMember, PartnerGroup
from patrols.models import (
    Attendance,
    Checkpoint,
    Duty,
    DutyPhoto,
    EntryPhoto,
    GuardPost,
    LateNote,
    LateNotePhoto,
    LogEntry,
    PostFault,
    PostHandover,
    PostHours,
    PostItem,
    Route,
    Schedule,
    Swap,
)
from programs.models import (
    Activity,
    ActivityPhoto,
    Forum,
    Instruction,
    InstructionReceipt,
    ResidentIssue,
)
from reports.models import Hotspot, HotspotProposal, Report, ReportPhoto
from territory.models import Unit
from tools.fuzz.odd import KEYS

# What stands before a key in an address, and the model the key is of.
KEYED: dict[str, type[Model]] = {
    "partners/": PartnerGroup,
    "partners/members/": GroupMember,
    "reports/": Report,
    "reports/photos/": ReportPhoto,
    "lacak/foto/": ReportPhoto,
    "patrols/duties/": Duty,
    "patrols/duty-photos/": DutyPhoto,
    "patrols/rollcall/": Attendance,
    "patrols/entries/": LogEntry,
    "patrols/photos/": EntryPhoto,
    "patrols/late-notes/": LateNote,
    "patrols/late-notes/photos/": LateNotePhoto,
    "patrols/schedules/": Schedule,
    "patrols/swaps/": Swap,
    "patrols/handovers/": PostHandover,
    "patrols/posts/": GuardPost,
    "patrols/posts/hours/": PostHours,
    "patrols/posts/items/": PostItem,
    "patrols/posts/faults/": PostFault,
    "patrols/routes/": Route,
    "patrols/checkpoints/": Checkpoint,
    "patrols/hotspots/": Hotspot,
    "patrols/rounds/": Schedule,
    "patrols/proposals/": HotspotProposal,
    "patrols/units/": Unit,
    "patrols/absences/": Absence,
    "programs/activities/": Activity,
    "programs/activities/photos/": ActivityPhoto,
    "programs/workload/units/": Unit,
    "programs/workload/postings/": Posting,
    "programs/issues/": ResidentIssue,
    "programs/forums/": Forum,
    "programs/instructions/": Instruction,
    "programs/instructions/receipts/": InstructionReceipt,
    "accounts/link/": User,
    "accounts/access/people/": User,
    "accounts/access/postings/": Posting,
    "admin/accounts/user/": User,
}
PLACE = re.compile(r"<(\w+):\w+>")
CHOICE = re.compile(r"\(\?P<\w+>([^)]*)\)")
ODD_SHARE = 0.1
Keys = Mapping[type[Model], list[int]]


@dataclass(frozen=True)
class Address:
    """`route` as the resolver writes it. Of the pages of a ModelAdmin `model` is set."""

    name: str
    route: str
    model: type[Model] | None = None

    def model_of_key(self) -> type[Model] | None:
        before, _place, after = self.route.partition("<")
        return KEYED[before] if after.startswith("int:") else self.model

    def path(self, draw: Random, keys: Keys) -> str:
        model = self.model_of_key()

        def fill(place: re.Match[str]) -> str:
            if place[1] == "str":
                return draw.choice(["small", "large", "small", "large", *KEYS])
            known = keys.get(model, []) if model else []
            if not known or draw.random() < ODD_SHARE:
                return draw.choice(KEYS)
            return str(draw.choice(known))

        return "/" + PLACE.sub(fill, self.route)


def addresses() -> list[Address]:
    return list(_walk(get_resolver().url_patterns, ""))


def _walk(patterns: Any, before: str, model: type[Model] | None = None) -> Iterator[Address]:
    for entry in patterns:
        route = before + str(entry.pattern)
        if isinstance(entry, URLResolver):
            yield from _walk(entry.url_patterns, route, _model_at(route))
        elif isinstance(entry, URLPattern):
            for one in _without_regex(route):
                yield Address(entry.name or "", one, model)


def _model_at(route: str) -> type[Model] | None:
    for model in admin.site._registry:
        if route == f"admin/{model._meta.app_label}/{model._meta.model_name}/":
            return model
    return None


def _without_regex(route: str) -> list[str]:
    """The admin writes two routes as regular expressions: the lists of apps, and all the rest."""
    choice = CHOICE.search(route)
    if choice is None:
        return [route]
    names = ["nothing/here"] if choice[1] == ".*" else choice[1].split("|")
    return [CHOICE.sub(name, route).replace("^", "").replace("$", "") for name in names]
