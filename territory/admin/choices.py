"""What the fields of the admin's forms offer."""

from typing import Any

from django.contrib import admin
from django.contrib.admin.widgets import AutocompleteSelect, AutocompleteSelectMultiple
from django.http import HttpRequest

from territory.admin.access import choices_for
from toolkit.keys import row_key


class OddKeysLeftOut:
    """An autocomplete field that shows nothing for a key that is none, and leaves it to the form
    to say what is wrong. Django asks the database for any word of the address or the form."""

    def optgroups(self, name: str, value: list[Any], attr: Any = None) -> Any:
        known = [one for one in value if row_key(str(one)) is not None]
        return super().optgroups(name, known, attr)  # type: ignore[misc]


class ScopedAutocomplete(OddKeysLeftOut, AutocompleteSelect):  # type: ignore[misc]
    pass


class ScopedAutocompleteMultiple(OddKeysLeftOut, AutocompleteSelectMultiple):  # type: ignore[misc]
    pass


class ScopedChoices:
    """Foreign keys offer only rows that the person manages."""

    admin_site: admin.AdminSite

    def is_autocomplete(self, db_field: Any, request: HttpRequest) -> bool:
        fields = self.get_autocomplete_fields(request)  # type: ignore[attr-defined]
        return db_field.name in fields

    def formfield_for_foreignkey(self, db_field: Any, request: HttpRequest, **kwargs: Any) -> Any:
        if self.is_autocomplete(db_field, request):
            kwargs.setdefault("widget", ScopedAutocomplete(db_field, self.admin_site))
        kwargs.setdefault(
            "queryset", choices_for(self.admin_site, db_field.remote_field.model, request)
        )
        return super().formfield_for_foreignkey(db_field, request, **kwargs)  # type: ignore[misc]

    def formfield_for_manytomany(self, db_field: Any, request: HttpRequest, **kwargs: Any) -> Any:
        if self.is_autocomplete(db_field, request):
            kwargs.setdefault("widget", ScopedAutocompleteMultiple(db_field, self.admin_site))
        kwargs.setdefault(
            "queryset", choices_for(self.admin_site, db_field.remote_field.model, request)
        )
        return super().formfield_for_manytomany(db_field, request, **kwargs)  # type: ignore[misc]
