"""What a person changes about the own account."""

from django.db import transaction

from accounts.models import User


@transaction.atomic
def change_phone(*, by: User, phone: str) -> User:
    """Keeps the person's own number; an empty one takes it away."""
    person = User.objects.select_for_update().get(pk=by.pk)
    if person.phone != phone:
        person.phone = phone
        person.save(update_fields=["phone"])
    return person
