"""What pages read of activities beyond the methods of their QuerySet."""

from datetime import datetime
from zoneinfo import ZoneInfo

from django.db.models import QuerySet

from accounts.models import User
from programs.models import Activity, ActivityResident, Sheet, SheetLine
from territory.scope import unscoped

# Only the columns shown, because naming all of them takes longer than reading the rows.
SHOWN = (
    *("id", "at", "rw", "rt", "place", "people_count", "withdrawn_at", "text"),
    *("kind__label", "village__name", "unit__name", "unit__timezone"),
    *("author__name", "author__rank"),
)


def as_shown(rows: QuerySet[Activity]) -> QuerySet[Activity]:
    """With what a row of the list names."""
    return rows.select_related("kind", "village", "unit", "author").only(*SHOWN)


def sheets_of(activity: Activity) -> list[Sheet]:
    """The forms that can be made of it, those on paper and those to copy from."""
    return list(unscoped(Sheet.objects.of_kind(activity.kind), "the same for everybody"))


def lines_of(sheet: Sheet) -> list[SheetLine]:
    return list(sheet.lines.all())


def has_resident(activity: Activity, user: User) -> bool:
    """Whether a name is kept that the person may open."""
    return ActivityResident.objects.visible_to(user).filter(activity=activity).exists()


def same_text_before(activity: Activity) -> Activity | None:
    """An earlier activity of the officer in the same month, by the unit's clock, that has the same
    words: BOS V2 refuses the second."""
    first = month_of(activity.at, activity.unit.zone)
    rows = unscoped(Activity.objects.standing(), "the officer's own, for the officer's own sheet")
    same = rows.filter(author=activity.author_id, at__gte=first, at__lt=activity.at)
    return same.filter(text=activity.text).exclude(pk=activity.pk).order_by("at").first()


def month_of(at: datetime, zone: ZoneInfo) -> datetime:
    """When the month began in which it was."""
    return at.astimezone(zone).replace(day=1, hour=0, minute=0, second=0, microsecond=0)
