"""Who sends the requests on a demo, and which words of foreign units nobody may be shown."""

from collections.abc import Iterator, Sequence
from typing import Any

from django.db.models import Model

from accounts.models import User
from patrols.models import LogEntry
from reports.models import Report
from tools.fuzz.addresses import Keys, addresses
from tools.fuzz.run import Role

# Accounts of the demo, by the name of their role.
ACCOUNTS = {
    "volunteer": "relawan.tambora",
    "officer": "bhabin.tambora",
    "commander": "kapolsek.tambora",
    "administrator": "admin.tambora",
    "superuser": "admin",
}
OWN, FOREIGN = 40, 10  # rows of each model that are asked for by key
# Texts that stand on no page but that of their row and of those above it.
TOLD: Sequence[tuple[type[Model], str]] = ((LogEntry, "text"), (Report, "text"))
MOST_CANARIES, SHORTEST_CANARY = 40, 8


def demo_roles() -> list[Role]:
    """Raises User.DoesNotExist where this is no demo."""
    people: list[tuple[str, User | None]] = [("anonymous", None)]
    people += [(role, User.objects.get(username=name)) for role, name in ACCOUNTS.items()]
    return [Role(role, user, _keys(user), _canaries(user)) for role, user in people]


def _keys(user: User | None) -> Keys:
    """Of rows that the person sees, and of a few that are foreign."""
    models = {model for address in addresses() if (model := address.model_of_key())}
    found = {}
    for model in models:
        rows = model._base_manager.order_by("-pk").values_list("pk", flat=True)
        own = list(_seen(model, user)[:OWN])
        found[model] = own + list(rows.exclude(pk__in=own)[:FOREIGN])
    return found


def _seen(model: type[Model], user: User | None) -> Any:
    rows: Any = model._default_manager.order_by("-pk")
    if hasattr(rows, "visible_to"):
        rows = rows.visible_to(user) if user else rows.none()
    return rows.values_list("pk", flat=True)


def _canaries(user: User | None) -> list[bytes]:
    """Words of rows that the person does not see, and that no row has which the person sees."""
    if user is not None and user.is_superuser:
        return []
    return [word.encode() for model, column in TOLD for word in _foreign(model, column, user)]


def _foreign(model: type[Model], column: str, user: User | None) -> Iterator[str]:
    own = _seen(model, user)
    rows = model._base_manager.order_by("-pk")
    known = set(rows.filter(pk__in=own).values_list(column, flat=True))
    foreign = rows.exclude(pk__in=own).values_list(column, flat=True)[: MOST_CANARIES * 5]
    words = (word for word in dict.fromkeys(foreign) if word not in known)
    found = [word for word in words if len(word) >= SHORTEST_CANARY]
    yield from found[:MOST_CANARIES]
