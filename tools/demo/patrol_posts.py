"""What the post of the demo has, and its handovers of the last nights: since the last one a radio
is missing."""

import uuid
from collections.abc import Sequence
from datetime import datetime, time, timedelta

from accounts.models import User
from patrols.models import (
    Condition,
    Duty,
    EntryKind,
    GuardPost,
    ItemCheck,
    ItemKind,
    LogEntry,
    PostFault,
    PostHandover,
    PostHours,
    PostItem,
)
from patrols.services.entries import EntryDraft
from patrols.services.handovers import Taker, words_of
from patrols.services.post_items import count_of
from patrols.workflow import DutyState
from tools.demo.accounts import TAMBORA

NIGHTS = 10
# Kind, name, number, how many there should be.
ITEMS = (
    (ItemKind.RADIO, "HT", "1", 1),
    (ItemKind.RADIO, "HT", "2", 1),
    (ItemKind.LIGHT, "Senter", "", 4),
    (ItemKind.CLOTHING, "Rompi pantul", "", 6),
    (ItemKind.CLOTHING, "Jas hujan", "", 4),
    (ItemKind.ALARM, "Kentongan", "", 1),
    (ItemKind.MEDICAL, "Kotak P3K", "", 1),
    (ItemKind.FIRE, "APAR 3 kg", "", 1),
    (ItemKind.BOOK, "Buku tamu", "", 1),
    (ItemKind.KEY, "Kunci pintu pos", "3", 1),
    (ItemKind.KEY, "Kunci portal", "7", 1),
)
# By the number of the handover, 1 is the last: what was not in order.
ODD: dict[int, dict[tuple[str, str], tuple[int, str, str]]] = {
    1: {("HT", "2"): (0, Condition.MISSING, "Tidak ada di pengisi daya, terakhir dibawa patroli")},
    4: {("Senter", ""): (3, Condition.GOOD, "Satu dipinjam Ketua RW")},
    7: {("Kentongan", ""): (1, Condition.BROKEN, "Pemukulnya patah")},
}
SPACE = uuid.UUID("6b0d9b1e-2f0f-4a71-8f1c-4c1c53a3c0de")


def load_posts(*, users: dict[str, User], now: datetime) -> int:
    """Fills the posts of Polsek Tambora; returns how many handovers were written."""
    posts = GuardPost.objects.filter(unit__code=TAMBORA).select_related("unit").order_by("pk")
    return sum(_load_post(post, users, now) for post in posts)


def _load_post(post: GuardPost, users: dict[str, User], now: datetime) -> int:
    PostHours.objects.create(post=post, opens=time(1), closes=time(5))
    items = PostItem.objects.bulk_create(
        PostItem(post=post, kind=kind, name=name, number=number, wanted=wanted, present=wanted)
        for kind, name, number, wanted in ITEMS
    )
    _faults(post, users["bhabin.angke"], users["kapolsek.tambora"], now)
    ended = Duty.objects.filter(post=post, state=DutyState.ENDED, leader__isnull=False)
    duties = list(ended.select_related("leader", "unit").order_by("-starts_at")[:NIGHTS])
    following = Duty.objects.filter(post=post, ends_at__gt=now).exclude(
        state__in=(DutyState.ENDED, DutyState.CANCELLED)
    )
    to_duty = following.order_by("starts_at").first()
    for number, duty in enumerate(duties, start=1):
        _hand_over(post, duty, to_duty, items, ODD.get(number, {}))
        to_duty = duty
    for item in items:
        look = item.checks.order_by("-at").first()
        if look is not None:
            item.present, item.condition, item.remark = look.present, look.condition, look.remark
            item.seen_at = look.at
    PostItem.objects.bulk_update(items, ["present", "condition", "remark", "seen_at"])
    return len(duties)


def _faults(post: GuardPost, officer: User, commander: User, now: datetime) -> None:
    for days, text, is_mended in ((2, "Lampu teras mati", False), (20, "Atap bocor", True)):
        reported = now - timedelta(days=days)
        mended = {
            "mended_by": commander,
            "mended_at": reported + timedelta(days=6),
            "mended_note": "Diperbaiki bersama warga RW 03",
        }
        PostFault.objects.create(
            post=post,
            text=text,
            since=reported.date(),
            reported_by=officer,
            reported_at=reported,
            **(mended if is_mended else {}),
        )


def _hand_over(
    post: GuardPost,
    duty: Duty,
    to_duty: Duty | None,
    items: Sequence[PostItem],
    odd: dict[tuple[str, str], tuple[int, str, str]],
) -> None:
    giver, at = duty.leader, duty.ended_at
    if giver is None or at is None:
        return
    at -= timedelta(minutes=5)
    key = uuid.uuid5(SPACE, f"{post.name} {duty.night}")
    roll = to_duty.attendances.filter(member__isnull=False) if to_duty else None
    row = roll.select_related("member").order_by("pk").first() if roll is not None else None
    taker = Taker(row.person_name if row else "Ketua RW 03 (contoh)", row)
    checks = []
    for item in items:
        count = odd.get((item.name, item.number), (item.wanted, Condition.GOOD, ""))
        checks.append(ItemCheck(by=giver, at=at, **count_of(item, *count)))
    draft = EntryDraft(kind=EntryKind.HANDOVER, text=words_of(taker, checks, ""))
    entry = LogEntry.objects.create(
        duty=duty,
        unit=duty.unit,
        author=giver,
        kind=draft.kind,
        text=draft.text,
        at=at,
        received_at=at,
        client_uuid=key,
        body_sha256=draft.sha256(duty.pk, giver),
    )
    Duty.objects.filter(pk=duty.pk).update(entry_count=duty.entry_count + 1)
    # Who has served since has taken over; the last handover waits for the next ones.
    has_served = to_duty is not None and to_duty.state == DutyState.ENDED
    confirmer = to_duty.leader if to_duty and has_served and to_duty.leader != giver else None
    handover = PostHandover.objects.create(
        post=post,
        unit=post.unit,
        duty=duty,
        to_duty=to_duty,
        entry=entry,
        giver=giver,
        taker_member=row.member if row else None,
        taker_name=taker.name,
        at=at,
        received_at=at,
        confirmed_by=confirmer,
        confirmed_at=at if confirmer else None,
        client_uuid=key,
        body_sha256=draft.sha256(duty.pk, giver),
    )
    for check in checks:
        check.handover = handover
    ItemCheck.objects.bulk_create(checks)
