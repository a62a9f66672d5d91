from itertools import chain
from typing import Any, cast

from django.contrib import admin, messages
from django.contrib.admin.utils import unquote
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.template.response import TemplateResponse
from django.urls import path
from django.utils.decorators import method_decorator
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from django.views.decorators.debug import sensitive_post_parameters

from accounts.admin.person_forms import NewPersonForm, PasswordForm, PersonForm
from accounts.extensions import standing_changed
from accounts.models import Posting, User
from accounts.rights import may_administer
from territory.admin.access import manages_everywhere, person
from territory.admin.base import ScopedAdmin, ScopedInline, shown_in_admin
from territory.admin.filters import UnitFilter

HIDE_PASSWORDS = method_decorator(sensitive_post_parameters())


class PostingInline(ScopedInline):
    """Postings outside the administrator's units are not shown. Postings end by their last day."""

    model = Posting
    unit_path = "unit"
    template = "admin/edit_inline/stacked.html"
    fields = [
        ("unit", "role", "title"),
        ("starts_on", "ends_on"),
        "opens_sealed",
        "villages",
    ]
    autocomplete_fields = ["unit", "villages"]


@admin.register(User)
class UserAdmin(ScopedAdmin):
    """Administrators grant only access they have themselves, and none to themselves."""

    unit_path = "unit"
    is_large = True
    form = PersonForm
    list_display = ["named", "nrp", "username", "unit", "is_active"]
    list_select_related = ["unit"]
    list_filter = [UnitFilter, "is_active", "rank"]
    search_fields = ["name__alike", "nrp__startswith", "username__startswith"]
    ordering = ["name", "pk"]
    autocomplete_fields = ["unit"]
    inlines = [PostingInline]
    change_form_template = "admin/person_change_form.html"

    @admin.display(description=_("name"), ordering="name")
    def named(self, row: User) -> str:
        return row.titled_name

    def autocomplete_rows(self, rows: Any) -> Any:
        return rows.filter(is_active=True)

    def get_fieldsets(self, request: HttpRequest, obj: User | None = None) -> Any:
        access = ["is_active", "is_superuser"] if person(request).is_superuser else ["is_active"]
        handles = {
            "fields": ["nrp", "username"] + ([] if obj else ["password1", "password2"]),
            "description": _("One of them is needed: with it the person signs in."),
        }
        shown = ["last_login", "date_joined"] if obj else []
        return [
            (None, {"fields": ["name", "rank", "unit", "phone"]}),
            (_("Sign-in"), handles),
            (_("Access"), {"fields": access + shown}),
        ]

    def get_readonly_fields(self, request: HttpRequest, obj: User | None = None) -> list[str]:
        fields = ["last_login", "date_joined"]
        if obj is not None and obj.pk == person(request).pk:
            # Admins cannot deactivate or demote themselves.
            fields += ["is_active", "is_superuser"]
        return fields

    def form_attributes(self, request: HttpRequest) -> dict[str, Any]:
        return {"needs_unit": not manages_everywhere(request)}

    def get_form(
        self, request: HttpRequest, obj: Any = None, change: bool = False, **kwargs: Any
    ) -> Any:
        if obj is None:
            kwargs["form"] = NewPersonForm
            # The two password fields belong to the form, not to the model.
            kwargs["fields"] = [
                name
                for __, part in self.get_fieldsets(request)
                for name in part["fields"]
                if not name.startswith("password")
            ]
        return super().get_form(request, obj, change, **kwargs)

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        allowed = super().has_change_permission(request, obj)
        return allowed and (obj is None or may_administer(cast(User, request.user), obj))

    def save_related(self, request: HttpRequest, form: Any, formsets: Any, change: bool) -> None:
        """Duties and reports follow a changed posting at once; messages say what they did."""
        super().save_related(request, form, formsets, change)
        has_moved = any(formset.has_changed() for formset in formsets)
        if not has_moved and "is_active" not in form.changed_data:
            return
        by = cast(User, request.user)
        for sentence in chain.from_iterable(standing_changed(form.instance, by)):
            self.message_user(request, sentence, messages.WARNING)

    def get_urls(self) -> list[Any]:
        password = path(
            "<path:object_id>/password/",
            self.admin_site.admin_view(self.set_password),
            name="accounts_user_password",
        )
        return [password, *super().get_urls()]

    @HIDE_PASSWORDS
    def add_view(self, *args: Any, **kwargs: Any) -> HttpResponse:
        return super().add_view(*args, **kwargs)

    @HIDE_PASSWORDS
    def set_password(self, request: HttpRequest, object_id: str) -> HttpResponse:
        user = self.get_object(request, unquote(object_id))
        if user is None:
            return self._get_obj_does_not_exist_redirect(  # type: ignore[attr-defined,no-any-return]
                request, self.opts, object_id
            )
        if not self.has_change_permission(request, user) or user.pk == person(request).pk:
            # People change their own password on its own page, which asks for the old one.
            raise PermissionDenied
        form = PasswordForm(user, request.POST or None)
        if request.method == "POST" and form.is_valid():
            user.set_password(form.cleaned_data["password1"])
            user.save(update_fields=["password"])
            self.log_change(request, user, gettext("Password set."))
            self.message_user(request, gettext("The new password is set."), messages.SUCCESS)
            return redirect("admin:accounts_user_change", user.pk)
        context = {
            **self.admin_site.each_context(request),
            "title": gettext("Set password: %(person)s") % {"person": user},
            "opts": self.opts,
            "original": user,
            "adminform": shown_in_admin(form, self),
            "errors": form.errors,
            "button": gettext("Set password"),
            "media": self.media,
        }
        return TemplateResponse(request, "admin/action_form.html", context)
