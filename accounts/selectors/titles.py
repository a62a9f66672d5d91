"""What somebody's office is called on paper."""

from datetime import date

from accounts.models import Posting, User
from territory.models import Unit
from territory.scope import unscoped


def title_of(person: User, unit: Unit, on: date) -> str:
    """``Kanit Binmas``: the title of the person's posting on that day at the unit, or at the
    nearest one above it; "" where none has a title. One statement."""
    postings = unscoped(Posting.objects.active(on), "of somebody who signs the unit's papers")
    near = unit.lineage_ids()
    rows = postings.filter(user=person, unit__in=near).exclude(title="").order_by("pk")
    titles = dict(rows.values_list("unit", "title"))
    return next((titles[pk] for pk in near if pk in titles), "")
