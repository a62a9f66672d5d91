"""One function per kind of row, such as `make_user(unit=…)`. Fields left out get plain values."""

from datetime import date, time, timedelta
from itertools import count

from django.utils import timezone

from accounts.models import Absence, Posting, User
from accounts.roles import Role
from partners.models import GroupKind, GroupMember, PartnerGroup
from patrols.models import (
    Attendance,
    Checkpoint,
    Duty,
    EntryKind,
    GuardPost,
    LateNote,
    LogEntry,
    PatrolKind,
    PostFault,
    PostHours,
    PostItem,
    Route,
    Schedule,
    Team,
)
from patrols.models.schedules import night_of
from patrols.services.duties import start_duty
from patrols.services.entries import EntryDraft, log_entry
from patrols.services.handovers import LineDraft, Taker, hand_over_post
from programs.models import ActivityKind
from programs.services.activities import ActivityDraft, write_activity
from programs.services.forums import ForumDraft, plan_forum
from programs.services.instructions import InstructionDraft, issue_instruction
from programs.services.issues import IssueDraft, write_issue
from reports.models import Category, CategoryGroup, Hotspot, HotspotProposal, Report
from reports.services.intake import ReportDraft, receive_report
from territory.models import Area, AreaLevel, Boundary, Unit, UnitKind

PASSWORD = "sandi-untuk-tes"
_number = count(1)


def make_unit(kind=UnitKind.POLSEK, name="", parent=None, **fields):
    number = next(_number)
    name = name or f"{UnitKind(kind).label} {number}"
    fields.setdefault("code", f"{kind}-{number}")
    if parent is None and kind != UnitKind.MABES:
        above = list(UnitKind.values)[list(UnitKind.values).index(kind) - 1]
        parent = Unit.objects.filter(kind=above).order_by("pk").first() or make_unit(above)
    unit = Unit.objects.create(kind=kind, name=name, parent=parent, **fields)
    unit.refresh_from_db()
    return unit


def make_boundary(area, south=-6.16, west=106.79, side=0.02):
    """A square, its corner in degrees."""
    left, low, size = round(west * 1e5), round(south * 1e5), round(side * 1e5)
    ring = [[left, low], [left + size, low], [left + size, low + size], [left, low + size]]
    return Boundary.objects.create(area=area, rings=[ring], loaded_at=timezone.now())


def make_area(code, name="", **fields):
    """The area, and those of its ancestors that are missing."""
    levels = [AreaLevel.PROVINCE, AreaLevel.REGENCY, AreaLevel.DISTRICT, AreaLevel.VILLAGE]
    levels += [AreaLevel.RW, AreaLevel.RT]
    parent = None
    for above in reversed(Area(code=code).lineage()):
        level = levels[above.count(".") + above.count("-")]
        made = {"name": name or f"Wilayah {above}", **fields} if above == code else {}
        made.setdefault("name", f"Wilayah {above}")
        parent, _ = Area.objects.get_or_create(
            code=above, defaults={"level": level, "parent": parent, **made}
        )
    return parent


def make_user(name="", unit=None, role=None, **fields):
    """A person with the password PASSWORD. With `role`, posted to the unit."""
    number = next(_number)
    fields.setdefault("username", f"orang.{number}")
    posting = {
        key: fields.pop(key)
        for key in ("starts_on", "ends_on", "title", "opens_sealed")
        if key in fields
    }
    user = User.objects.create_user(
        password=PASSWORD, name=name or f"Orang {number}", unit=unit, **fields
    )
    if role:
        make_posting(user=user, unit=unit, role=role, **posting)
    return user


def make_posting(user, unit, role=Role.OFFICER, **fields):
    fields.setdefault("starts_on", timezone.localdate() - timedelta(days=30))
    return Posting.objects.create(user=user, unit=unit, role=role, **fields)


def make_absence(user, starts_on=None, ends_on=None, kind="leave", **fields):
    """The row alone: the services bring the plans up to date."""
    starts_on = starts_on or timezone.localdate()
    ends_on = ends_on or starts_on + timedelta(days=6)
    return Absence.objects.create(
        user=user, kind=kind, starts_on=starts_on, ends_on=ends_on, **fields
    )


def make_teams(schedule, *teams, turn_nights=1):
    """Teams A, B, … of these lists of officers, without bringing the duties up to date."""
    for place, officers in enumerate(teams):
        team = Team.objects.create(schedule=schedule, place=place, name=f"Regu {'ABCDEFGH'[place]}")
        team.officers.set(officers)
    schedule.team_count, schedule.turn_nights = len(teams), turn_nights
    schedule.save(update_fields=["team_count", "turn_nights"])


def make_group_kind(code="pokdarkamtibmas", **fields):
    fields.setdefault("label", code.capitalize())
    return GroupKind.objects.get_or_create(code=code, defaults=fields)[0]


def make_group(unit, name="", kind=None, **fields):
    return PartnerGroup.objects.create(
        unit=unit,
        name=name or f"Kelompok {next(_number)}",
        kind=kind or make_group_kind(),
        **fields,
    )


def make_member(group, name="", **fields):
    return GroupMember.objects.create(
        group=group, name=name or f"Anggota {next(_number)}", **fields
    )


def make_route(unit, name="", checkpoints=0, **fields):
    """A route with this number of checkpoints, about 500 m apart, in a fixed order."""
    fields.setdefault("is_order_fixed", True)
    route = Route.objects.create(unit=unit, name=name or f"Rute {next(_number)}", **fields)
    for order in range(1, checkpoints + 1):
        Checkpoint.objects.create(
            route=route, order=order, name=f"Titik {order}", lat=-6.15 + order * 0.005, lon=106.8
        )
    return route


def make_post(unit, name="", **fields):
    post = GuardPost.objects.create(unit=unit, name=name or f"Pos {next(_number)}", **fields)
    post.refresh_from_db()
    return post


def make_hours(post, opens=time(22), closes=time(5), **fields):
    return PostHours.objects.create(post=post, opens=opens, closes=closes, **fields)


def make_item(post, name="", **fields):
    """All there and in order."""
    fields.setdefault("present", fields.get("wanted", 1))
    return PostItem.objects.create(post=post, name=name or f"Barang {next(_number)}", **fields)


def make_fault(post, by, text="Lampu mati", **fields):
    fields.setdefault("since", timezone.localdate())
    fields.setdefault("reported_at", timezone.now())
    return PostFault.objects.create(post=post, reported_by=by, text=text, **fields)


def make_post_night(unit, leader, members=(), hours_ago=1, *, expected=True, **fields):
    """A running duty at a post, with the leader and these members in the roll."""
    start = timezone.now() - timedelta(hours=hours_ago)
    post = fields.pop("post", None) or make_post(unit)
    ends = fields.pop("ends_at", start + timedelta(hours=8))
    duty = make_duty(unit, starts_at=start, ends_at=ends, post=post, leader=leader, **fields)
    make_attendance(duty, officer=leader, status="present", expected=expected)
    for member in members:
        make_attendance(duty, member=member, expected=expected)
    return start_duty(duty=duty, by=leader, now=start, despite=True)


def make_handover(duty, by, taker="Pak RT", lines=(), **fields):
    """Stored by the service. `lines` are (item, how many, condition)."""
    drafts = [LineDraft(item.pk, present, condition) for item, present, condition in lines]
    handover, _ = hand_over_post(duty=duty, by=by, taker=Taker(taker), lines=drafts, **fields)
    return handover


def make_schedule(unit, name="", officers=(), groups=(), **fields):
    """The row alone, without duties: `refresh_duties` makes them."""
    fields.setdefault("start", time(22, 15))
    fields.setdefault("end", time(1, 0))
    fields.setdefault("valid_from", date(2020, 1, 1))
    schedule = Schedule.objects.create(unit=unit, name=name or f"Jadwal {next(_number)}", **fields)
    schedule.officers.set(officers)
    schedule.groups.set(groups)
    return schedule


def make_duty(unit, name="", starts_at=None, ends_at=None, **fields):
    """Starts in ten minutes and lasts three hours by default."""
    starts_at = starts_at or timezone.now() + timedelta(minutes=10)
    ends_at = ends_at or starts_at + timedelta(hours=3)
    fields.setdefault("night", night_of(starts_at.astimezone(unit.zone)))
    fields.setdefault("kind", PatrolKind.JOINT)
    duty = Duty.objects.create(
        unit=unit,
        name=name or f"Tugas {next(_number)}",
        starts_at=starts_at,
        ends_at=ends_at,
        **fields,
    )
    duty.refresh_from_db()
    return duty


def make_attendance(duty, officer=None, member=None, guest_name="", **fields):
    if fields.get("status"):
        fields.setdefault("at", timezone.now())
    return Attendance.objects.create(
        duty=duty, officer=officer, member=member, guest_name=guest_name, **fields
    )


def make_late_note(duty, author, text="Terlambat dikirim", **fields):
    now = timezone.now()
    row = {"unit": duty.unit, "at": now, "received_at": now, **fields}
    return LateNote.objects.create(duty=duty, author=author, text=text, **row)


def make_entry(duty, author, kind=EntryKind.OBSERVATION, text="Situasi aman", **fields):
    """An entry stored by the service. The duty must be running."""
    now = fields.pop("now", None)
    entry, _ = log_entry(
        duty=duty, by=author, draft=EntryDraft(kind=kind, text=text, **fields), now=now
    )
    return LogEntry.objects.get(pk=entry.pk)


def make_category(code="noise_dispute", **fields):
    fields.setdefault("label", code.replace("_", " ").capitalize())
    fields.setdefault("group", CategoryGroup.ORDER)
    fields.setdefault("target_minutes", 30)
    return Category.objects.get_or_create(code=code, defaults=fields)[0]


def make_report(unit, text="Ada keributan", by=None, category=None, **fields):
    """A report stored by the service, at a unit and without a place.

    `by` is the officer who takes it down; without one a citizen sends it. `report.code` is set.
    """
    now = fields.pop("now", None)
    draft = ReportDraft(category=category or make_category(), text=text, home=unit, **fields)
    report, _ = receive_report(draft=draft, by=by, now=now)
    return Report.objects.select_related("unit", "category").get(pk=report.pk)


def make_hotspot(unit, name="", **fields):
    return Hotspot.objects.create(unit=unit, name=name or f"Titik rawan {next(_number)}", **fields)


def make_proposal(unit, lat=-6.17, lon=106.82, report_count=6, **fields):
    fields.setdefault("latest_at", timezone.now())
    return HotspotProposal.objects.create(
        unit=unit, lat=lat, lon=lon, report_count=report_count, **fields
    )


def make_activity_kind(code="visit", label="Sambang / DDS", **fields):
    return ActivityKind.objects.get_or_create(code=code, defaults={"label": label, **fields})[0]


def make_activity(unit, by, text="Warga minta ronda dihidupkan lagi", kind=None, **fields):
    draft = ActivityDraft(kind=kind or make_activity_kind(), text=text, **fields)
    activity, _is_new = write_activity(draft=draft, unit=unit, by=by)
    return activity


def make_issue(unit, author, text="Jalan gelap", kind="complaint", now=None, **fields):
    """An issue stored by the service."""
    draft = IssueDraft(kind=kind, text=text, **fields)
    return write_issue(draft=draft, unit=unit, by=author, now=now)[0]


def make_forum(unit, author, name="Jumat Curhat", hours_ago=1, **fields):
    """A meeting of two hours, which began an hour ago."""
    began = timezone.now().replace(second=0, microsecond=0) - timedelta(hours=hours_ago)
    starts_at = fields.pop("starts_at", began)
    fields.setdefault("ends_at", starts_at + timedelta(hours=2))
    kind = make_activity_kind("friday_talk", "Jumat Curhat")
    draft = ForumDraft(kind=kind, name=name, starts_at=starts_at, place="Balai RW 05", **fields)
    return plan_forum(draft=draft, unit=unit, by=author)[0]


def make_instruction(unit, by, units=(), people=(), *, classified=False, **fields):
    """Sent in the name of the unit, to these units and officers."""
    said = {"subject": "Cegah curanmor", "points": ("Sambangi pos kamling.", "Data kendaraan.")}
    if classified:
        said = {"secrecy": "classified", "summary": "Ringkasan"}
    draft = InstructionDraft(
        **{
            "kind": "attention",
            "number": f"ST/{next(_number)}/XI/2026",
            "dated": timezone.localdate(),
            **said,
            **fields,
        },
        units=tuple(units),
        people=tuple(people),
    )
    instruction, _is_new = issue_instruction(draft=draft, unit=unit, by=by)
    return instruction
