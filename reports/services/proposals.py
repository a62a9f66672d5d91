"""The system proposes hotspots where citizens report often; commanders accept or decline them."""

from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta

import h3.api.basic_int as h3
from django.core.exceptions import PermissionDenied, ValidationError
from django.db import transaction
from django.db.models import Avg, Count, Max, Q
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.models import User
from reports.models import Hotspot, HotspotProposal, ProposalState, Report
from reports.rights import may_decide_proposals
from reports.selectors.hotspots import FOUND, LARGEST_RADIUS_M, counted
from toolkit.geo.nearby import near
from toolkit.geo.points import distance_m
from toolkit.idempotency.answers import lock_until_commit
from toolkit.workflow import ChangeRefused

FEWEST_REPORTS = 5
WITHIN = timedelta(days=90)
# A declined place is not proposed again for so long, unless as many reports have come again.
QUIET = timedelta(days=90)
# A cell and its neighbours reach about so far; a proposal moves with its reports.
SAME_PLACE_M = 250
# So far outside the radius of a hotspot, reports are still of that place.
BESIDE_M = 100
NEVER = datetime.min.replace(tzinfo=UTC)


@dataclass
class Heap:
    """Reports near each other: how many, the sums of their degrees, and at which units."""

    count: int = 0
    lat_sum: float = 0
    lon_sum: float = 0
    latest_at: datetime = NEVER
    units: Counter[int] = field(default_factory=Counter)

    def add(self, other: "Heap") -> None:
        self.count += other.count
        self.lat_sum += other.lat_sum
        self.lon_sum += other.lon_sum
        self.latest_at = max(self.latest_at, other.latest_at)
        self.units += other.units

    @property
    def middle(self) -> tuple[float, float]:
        """In degrees, to a metre: the same reports give the same proposal."""
        return round(self.lat_sum / self.count, 5), round(self.lon_sum / self.count, 5)

    @property
    def unit_id(self) -> int:
        """The unit with most of the reports."""
        return min(self.units, key=lambda pk: (-self.units[pk], pk))


@transaction.atomic
def propose_hotspots(*, now: datetime | None = None) -> int:
    """Proposes each place with FEWEST_REPORTS of citizens in 90 days and no hotspot. Run again it
    changes nothing. Returns how many proposals are new."""
    now = now or timezone.now()
    lock_until_commit("propose hotspots")
    made = 0
    standing: set[int] = set()
    for heap in _heaps(now - WITHIN):
        if _is_known(*heap.middle):
            continue
        before = _before(heap, now)
        if before is None:
            before = _propose(heap, now)
            made += 1
        elif before.state == ProposalState.WAITING:
            _renew(before, heap)
        standing.add(before.pk)
    gone = HotspotProposal.objects.waiting().exclude(pk__in=standing)
    for proposal in gone.select_for_update():
        proposal.state = ProposalState.LAPSED
        proposal.save(update_fields=["state"])
    return made


def _heaps(since: datetime) -> Iterator[Heap]:
    """Places with enough reports in an H3 cell and its neighbours, the largest first. No report is
    in two of them."""
    cells = _cells(since)
    wide = {cell: _sum(cells, cell).count for cell in cells}
    for cell in sorted(wide, key=lambda one: (-wide[one], one)):
        # Some of its reports may be in a larger heap by now.
        heap = _sum(cells, cell)
        if heap.count >= FEWEST_REPORTS:
            for other in h3.grid_disk(cell, 1):
                cells.pop(other, None)
            yield heap


def _cells(since: datetime) -> dict[int, Heap]:
    """What citizens reported with a position, by cell. One statement over the last 90 days."""
    rows = (
        Report.objects.filter(
            counted(), reported_at__gte=since, h3_cell__isnull=False, category__is_sealed=False
        )
        .filter(Q(accuracy_m=None) | Q(accuracy_m__lte=SAME_PLACE_M))
        .exclude(source__in=FOUND)
        .order_by()
        .values_list("h3_cell", "unit")
        .annotate(n=Count("pk"), lat=Avg("lat"), lon=Avg("lon"), latest=Max("reported_at"))
    )
    cells: dict[int, Heap] = {}
    for cell, unit_id, count, lat, lon, latest_at in rows:
        own = Heap(count, lat * count, lon * count, latest_at, Counter({unit_id: count}))
        cells.setdefault(cell, Heap()).add(own)
    return cells


def _sum(cells: dict[int, Heap], middle: int) -> Heap:
    total = Heap()
    for cell in sorted(h3.grid_disk(middle, 1)):
        if cell in cells:
            total.add(cells[cell])
    return total


def _is_known(lat: float, lon: float) -> bool:
    """Whether a hotspot in use covers the place."""
    around: Iterable[Hotspot] = near(
        Hotspot.objects.active(), lat, lon, LARGEST_RADIUS_M + BESIDE_M
    )
    return any(
        spot.lat is not None
        and spot.lon is not None
        and distance_m(lat, lon, spot.lat, spot.lon) <= spot.radius_m + BESIDE_M
        for spot in around
    )


def _before(heap: Heap, now: datetime) -> HotspotProposal | None:
    """The proposal of this place that waits, or that was declined and still holds."""
    declined = Q(
        state=ProposalState.DECLINED,
        decided_at__gt=now - QUIET,
        report_count__gt=heap.count - FEWEST_REPORTS,
    )
    rows = HotspotProposal.objects.filter(Q(state=ProposalState.WAITING) | declined)
    found = near(rows, *heap.middle, SAME_PLACE_M).select_for_update()
    return min(found, key=lambda one: (one.state != ProposalState.WAITING, one.pk), default=None)


def _propose(heap: Heap, now: datetime) -> HotspotProposal:
    lat, lon = heap.middle
    return HotspotProposal.objects.create(
        unit_id=heap.unit_id,
        lat=lat,
        lon=lon,
        report_count=heap.count,
        latest_at=heap.latest_at,
        proposed_at=now,
    )


def _renew(proposal: HotspotProposal, heap: Heap) -> None:
    """The unit stays: somebody there may be looking at it."""
    lat, lon = heap.middle
    new = {"lat": lat, "lon": lon, "report_count": heap.count, "latest_at": heap.latest_at}
    if any(getattr(proposal, name) != value for name, value in new.items()):
        for name, value in new.items():
            setattr(proposal, name, value)
        proposal.save(update_fields=list(new))


def _decide(proposal: HotspotProposal, by: User) -> HotspotProposal:
    """Locked and still open. Raises ChangeRefused where somebody else was faster."""
    rows = HotspotProposal.objects.select_related("unit").select_for_update(of=("self",))
    proposal = rows.get(pk=proposal.pk)
    if not may_decide_proposals(by, proposal):
        raise PermissionDenied
    if proposal.state != ProposalState.WAITING:
        raise ChangeRefused(
            _("This proposal is %(state)s already.") % {"state": proposal.get_state_display()}
        )
    return proposal


@transaction.atomic
def accept_proposal(*, proposal: HotspotProposal, hotspot: Hotspot, by: User) -> None:
    """`hotspot` is what the commander made of it, stored in the same transaction."""
    proposal = _decide(proposal, by)
    proposal.state, proposal.hotspot = ProposalState.ACCEPTED, hotspot
    proposal.decided_by, proposal.decided_at = by, timezone.now()
    proposal.save(update_fields=["state", "hotspot", "decided_by", "decided_at"])


@transaction.atomic
def decline_proposal(*, proposal: HotspotProposal, by: User, reason: str) -> None:
    if not reason.strip():
        raise ValidationError({"reason": _("Say why this is no hotspot.")})
    proposal = _decide(proposal, by)
    proposal.state, proposal.reason = ProposalState.DECLINED, reason.strip()
    proposal.decided_by, proposal.decided_at = by, timezone.now()
    proposal.save(update_fields=["state", "reason", "decided_by", "decided_at"])
