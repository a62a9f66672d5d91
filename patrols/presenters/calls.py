"""Buttons that call a person, and that open WhatsApp with a short text ready."""

from dataclasses import dataclass
from datetime import datetime
from functools import cached_property

from django.utils.translation import gettext as _
from phonenumber_field.phonenumber import PhoneNumber

from patrols.models import Attendance, Duty
from patrols.workflow import DutyState
from territory.times import clock, duration
from toolkit.sharing.whatsapp import whatsapp_to

# Nobody is asked about a duty that is over.
CALLED = (DutyState.PLANNED, DutyState.RUNNING)


@dataclass(frozen=True)
class Call:
    """`text` is what WhatsApp has ready; whoever sends it reads it first."""

    name: str
    phone: PhoneNumber
    text: str

    @property
    def tel(self) -> str:
        return f"tel:{self.phone.as_e164}"

    @cached_property
    def whatsapp(self) -> str:
        """Empty for a telephone on a line."""
        return whatsapp_to(self.phone, self.text)


def call_leader(duty: Duty, phone: PhoneNumber | None, now: datetime) -> Call | None:
    if phone is None or duty.leader is None or duty.state not in CALLED:
        return None
    words = {"name": duty.leader.titled_name, "duty": duty.name}
    if (silence := duty.silence(now)) is not None:
        text = _("%(name)s, no news of %(duty)s for %(length)s. Are you safe? Please report.")
        words["length"] = duration(silence)
    elif duty.is_overdue(now):
        text = _("%(name)s, %(duty)s was to start at %(at)s. Please report.")
        words["at"] = clock(duty.starts_at, duty.unit)
    else:
        text = _("%(name)s, about %(duty)s: how is the situation?")
    return Call(words["name"], phone, text % words)


def call_missing(row: Attendance, duty: Duty, phone: PhoneNumber | None) -> Call | None:
    if phone is None:
        return None
    words = {
        "name": row.person_name,
        "duty": duty.name,
        "at": clock(duty.starts_at, duty.unit),
    }
    text = _("%(name)s, you are expected on %(duty)s (%(at)s). Where are you? Please answer.")
    return Call(row.person_name, phone, text % words)
