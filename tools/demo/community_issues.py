"""What residents of Tambora asked for, with what became of it, a Jumat Curhat that was held and one
that is planned, and an instruction on its way down. Part of tools/demo/community.py."""

import uuid
from datetime import date, datetime, timedelta
from random import Random
from typing import NamedTuple

from accounts.models import User
from programs.models import (
    ActivityKind,
    Forum,
    InstructionReceipt,
    IssueEvent,
    ResidentIssue,
)
from programs.models.instructions import InstructionKind
from programs.models.issues import ExplainedWhy, IssueKind, IssueStep
from programs.services.forums import ForumDraft, hold_forum, plan_forum
from programs.services.instructions import (
    InstructionDraft,
    issue_instruction,
    pass_receipt,
    read_receipt,
)
from programs.services.issues import IssueDraft, report_issue
from programs.workflow import IssueState
from territory.models import Area, Unit
from toolkit.idempotency.sent import Sent
from tools.demo.phrases import pick_text

SPACE = uuid.UUID("7c52e1f4-0b63-4f0e-9d55-2a1f6f3b9d02")
FRIDAY = 4
PROMISER = "Bhabinkamtibmas"
ANSWER = "Sudah disampaikan ke kelurahan dan dicek bersama Ketua RW."
NOT_OURS = "Penertiban parkir wewenang Dishub; surat warga sudah diteruskan lewat kelurahan."
SUBJECT = "Antisipasi tawuran menjelang libur sekolah"
POINTS = (
    "Sambang ke sekolah dan pengurus RW di lokasi rawan.",
    "Pastikan jadwal patroli jam pulang sekolah terisi.",
    "Laporkan hasilnya, atau Nihil, sebelum batas waktu.",
)
READERS = 4


class Told(NamedTuple):
    """An issue that was told `days` ago, and its steps since: (days after it was told, step, days
    from then until the promise is due)."""

    days: int
    steps: tuple[tuple[int, IssueStep, int], ...] = ()
    at_forum: bool = False
    about: str = "any"


PROMISED, DONE = IssueStep.PROMISED, IssueStep.DONE
ISSUES = (
    Told(34, ((1, PROMISED, 14), (11, DONE, 0), (13, IssueStep.VERIFIED, 0))),
    Told(27, ((2, IssueStep.EXPLAINED, 0),), about="parking"),
    Told(21, ((1, PROMISED, 16),)),  # overdue
    Told(16, ((1, PROMISED, 14), (12, DONE, 0))),
    Told(8, ((1, PROMISED, 14),), at_forum=True),
    Told(7, at_forum=True),
    Told(3),
    Told(1),
)
STATES = {
    PROMISED: IssueState.PROMISED,
    DONE: IssueState.DONE,
    IssueStep.VERIFIED: IssueState.VERIFIED,
    IssueStep.EXPLAINED: IssueState.EXPLAINED,
}


def load_issues(
    *, random: Random, unit: Unit, users: dict[str, User], villages: dict[int, Area], now: datetime
) -> None:
    officer, checker = users["bhabin.angke"], users["kanit.binmas.tambora"]
    village = villages[officer.pk]
    held = _forums(unit, officer, village, now)
    made = [
        _issue(random, told, number, unit, officer, checker, village, held, now)
        for number, told in enumerate(ISSUES)
    ]
    report_issue(issue=made[-2], by=officer, now=now)
    hold_forum(forum=held, by=officer, now=now)


def _forums(unit: Unit, by: User, village: Area, now: datetime) -> Forum:
    """That of last Friday, which it returns, and one that is planned."""
    morning = now.astimezone(unit.zone).replace(hour=9, minute=0, second=0, microsecond=0)
    last = morning - timedelta(days=(morning.weekday() - FRIDAY) % 7 or 7)
    kind = ActivityKind.objects.get(code="friday_talk")
    planned = [
        plan_forum(
            draft=ForumDraft(
                kind=kind,
                name="Jumat Curhat",
                starts_at=start,
                ends_at=start + timedelta(hours=2),
                place="Balai RW 03",
                village=village,
                client_uuid=uuid.uuid5(SPACE, f"forum {weeks}"),
            ),
            unit=unit,
            by=by,
        )[0]
        for weeks in (0, 2)
        for start in [last + timedelta(weeks=weeks)]
    ]
    return planned[0]


def _issue(
    random: Random,
    told: Told,
    number: int,
    unit: Unit,
    officer: User,
    checker: User,
    village: Area,
    held: Forum,
    now: datetime,
) -> ResidentIssue:
    """Stored as its steps have left it: the services take no promise for a day that is over."""
    at = held.starts_at if told.at_forum else now - timedelta(days=told.days)
    rt = random.randint(1, 6)
    draft = IssueDraft(
        kind=IssueKind.COMPLAINT,
        text=pick_text(random, "issue", told.about, rt=f"{rt:02}"),
        topic="security",
        village=village,
        rw=random.randint(1, 4),
        rt=rt,
        forum=held if told.at_forum else None,
        sent=Sent(uuid.uuid5(SPACE, f"issue {number}")),
    )
    issue = ResidentIssue(
        **draft.columns(),
        unit=unit,
        author=officer,
        at=at,
        received_at=at,
        changed_at=at,
        client_uuid=draft.sent.client_uuid,
        body_sha256=draft.sha256(officer),
    )
    events = [IssueEvent(step=IssueStep.TOLD, to_state=IssueState.NEW, by=officer, at=at)]
    for days, step, lasts in told.steps:
        when = at + timedelta(days=days)
        event = _take(issue, step, when, when.date() + timedelta(days=lasts), officer, checker)
        events.append(event)
    issue.save()
    for event in events:
        event.issue = issue
    IssueEvent.objects.bulk_create(events)
    return issue


def _take(
    issue: ResidentIssue, step: IssueStep, at: datetime, due: date, officer: User, checker: User
) -> IssueEvent:
    before, by, words = issue.state, officer, ANSWER
    match step:
        case IssueStep.PROMISED:
            issue.promised_by, issue.owner, issue.due = PROMISER, officer, due
            words = ""
        case IssueStep.DONE:
            issue.answer, issue.done_by = ANSWER, officer
        case IssueStep.VERIFIED:
            issue.verified_by, by, words = checker, checker, ""
        case IssueStep.EXPLAINED:
            issue.answer, issue.explained_why = NOT_OURS, ExplainedWhy.NOT_OURS
            words = NOT_OURS
    issue.state, issue.changed_at = STATES[step], at
    return IssueEvent(
        step=step,
        from_state=before,
        to_state=issue.state,
        by=by,
        due=due if step == PROMISED else None,
        text=words,
        at=at,
    )


def load_instruction(
    *, unit: Unit, users: dict[str, User], officers: list[User], now: datetime
) -> None:
    """From the Polres to the Polsek, and on to its Bhabinkamtibmas; some have read it."""
    kapolres, kapolsek = users["kapolres.jakbar"], users["kapolsek.tambora"]
    polres = Unit.objects.get(code="polres-metro-jakarta-barat")
    sent = now - timedelta(days=1, hours=4)
    draft = InstructionDraft(
        kind=InstructionKind.ATTENTION,
        number="ATENSI/01/DEMO",
        dated=sent.astimezone(unit.zone).date(),
        subject=SUBJECT,
        points=POINTS,
        due_at=now + timedelta(days=1),
        report_wanted=True,
        units=(unit,),
        sent=Sent(uuid.uuid5(SPACE, "instruction")),
    )
    instruction, _is_new = issue_instruction(draft=draft, unit=polres, by=kapolres, now=sent)
    receipt = InstructionReceipt.objects.get(instruction=instruction, person=None)
    read = sent + timedelta(minutes=50)
    receipt = read_receipt(receipt=receipt, by=kapolsek, now=read)
    passed = read + timedelta(minutes=20)
    pass_receipt(receipt=receipt, by=kapolsek, people=tuple(officers), now=passed)
    for hours, officer in enumerate(officers[:READERS], start=1):
        own = InstructionReceipt.objects.get(instruction=instruction, person=officer)
        read_receipt(receipt=own, by=officer, now=passed + timedelta(hours=hours))
