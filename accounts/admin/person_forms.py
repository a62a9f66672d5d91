from collections.abc import Sequence
from typing import Any

from django.core.exceptions import ValidationError

from accounts.models import AccessKind, User
from accounts.services.access import settle_person, settle_sealed
from territory.admin.forms import RowForm, ScopedForm


class PersonForm(ScopedForm):
    needs_unit = True
    by: User  # who administers, set by the admin
    settled: Sequence[AccessKind] = ()

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if "unit" in self.fields:
            # A person without a unit is in no administrator's scope and could not be found again.
            self.fields["unit"].required = self.needs_unit

    def _post_clean(self) -> None:
        """What lets somebody in waits for a second person."""
        super()._post_clean()
        if self.errors:
            return
        try:
            self.settled = settle_person(person=self.instance, by=self.by)
        except ValidationError as error:
            self.add_error(None, error)


class PostingForm(RowForm):
    by: User  # who administers, set by the inline
    settled: AccessKind | None = None

    def _post_clean(self) -> None:
        """A tick for sealed reports is a question where the administrator may not give that."""
        super()._post_clean()
        if self.errors or not self.has_changed():
            return
        try:
            self.settled = settle_sealed(posting=self.instance, by=self.by)
        except ValidationError as error:
            self.add_error(None, error)
