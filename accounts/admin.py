from typing import TYPE_CHECKING, Any

from django import forms
from django.contrib import admin, messages
from django.contrib.admin.utils import unquote
from django.contrib.auth.forms import SetPasswordMixin
from django.core.exceptions import PermissionDenied
from django.db.models import Q
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.template.response import TemplateResponse
from django.urls import path
from django.utils import timezone
from django.utils.decorators import method_decorator
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from django.views.decorators.debug import sensitive_post_parameters

from accounts.models import Posting, User
from accounts.roles import Action
from territory.admin.access import manages_everywhere, person
from territory.admin.base import ScopedAdmin, ScopedForm, ScopedInline, shown_in_admin
from territory.admin.filters import UnitFilter

if TYPE_CHECKING:
    Passwords = SetPasswordMixin[User]
else:
    Passwords = SetPasswordMixin

HIDE_PASSWORDS = method_decorator(sensitive_post_parameters())


class PersonForm(ScopedForm):
    needs_unit = True

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if "unit" in self.fields:
            # Without a unit a person is in nobody's scope, and could not be found again.
            self.fields["unit"].required = self.needs_unit


class NewPersonForm(Passwords, PersonForm):
    password1, password2 = SetPasswordMixin.create_password_fields()

    def clean(self) -> dict[str, Any] | None:
        self.validate_passwords()
        return super().clean()

    def _post_clean(self) -> None:
        super()._post_clean()  # type: ignore[misc]
        self.validate_password_for_user(self.instance)

    def save(self, commit: bool = True) -> Any:
        self.instance.set_password(self.cleaned_data["password1"])
        return super().save(commit)


class PasswordForm(Passwords, forms.Form):
    password1, password2 = SetPasswordMixin.create_password_fields()

    def __init__(self, user: User, *args: Any, **kwargs: Any) -> None:
        self.user = user
        super().__init__(*args, **kwargs)

    def clean(self) -> dict[str, Any] | None:
        self.validate_passwords()
        self.validate_password_for_user(self.user)
        return super().clean()


class PostingInline(ScopedInline):
    """Postings outside the administrator's units are not shown. One ends by its last day."""

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
    """Nobody gives here what they do not have, and nobody gives anything to themselves."""

    unit_path = "unit"
    is_large = True
    form = PersonForm
    list_display = ["named", "nrp", "username", "unit", "is_active"]
    list_select_related = ["unit"]
    list_filter = [UnitFilter, "is_active", "rank"]
    search_fields = ["name", "nrp__startswith", "username__startswith"]
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
            # Nobody locks the door behind themselves.
            fields += ["is_active", "is_superuser"]
        return fields

    def form_attributes(self, request: HttpRequest) -> dict[str, Any]:
        return {"needs_unit": not manages_everywhere(request)}

    def get_form(
        self, request: HttpRequest, obj: Any = None, change: bool = False, **kwargs: Any
    ) -> Any:
        if obj is None:
            kwargs["form"] = NewPersonForm
            # The two password fields are the form's own, not the model's.
            kwargs["fields"] = [
                name
                for __, part in self.get_fieldsets(request)
                for name in part["fields"]
                if not name.startswith("password")
            ]
        return super().get_form(request, obj, change, **kwargs)

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        allowed = super().has_change_permission(request, obj)
        user = person(request)
        if obj is None or user.is_superuser or not allowed:
            return allowed
        return obj.pk != user.pk and not obj.is_superuser and not self._is_posted_above(user, obj)

    def _is_posted_above(self, user: Any, obj: User) -> bool:
        """Whoever holds a role outside the administrator's units is administered from above:

        with a new password for them, the administrator would hold that role.
        """
        inside = user.scope.rows("unit__", action=Action.MANAGE) or Q()
        held = obj.postings.exclude(ends_on__lt=timezone.localdate())
        return held.exclude(pk__in=Posting.objects.visible_to(user).filter(inside)).exists()

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
            # The own password is changed with the old one, on the page for it.
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


@admin.register(Posting)
class PostingAdmin(ScopedAdmin):
    """Who holds which role where. Changed on the page of the person."""

    unit_path = "unit"
    is_read_only = True
    is_large = True
    list_display = ["user", "unit", "role", "title", "opens_sealed", "starts_on", "ends_on"]
    list_select_related = ["user", "unit"]
    list_filter = [UnitFilter, "role", "opens_sealed"]
    search_fields = ["user__name", "user__nrp__startswith"]
    fields = ["user", "unit", "role", "title", "opens_sealed", "starts_on", "ends_on", "villages"]
