from itertools import chain
from typing import Any, cast
from urllib.parse import quote

from django.conf import settings
from django.contrib import admin, messages
from django.contrib.admin.utils import unquote
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.template.response import TemplateResponse
from django.urls import path, reverse
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from accounts.admin.person_forms import PersonForm, PostingForm
from accounts.extensions import standing_changed
from accounts.models import AccessKind, Posting, User
from accounts.rights import may_add_people, may_administer, may_make_link
from accounts.services.access import make_link, record
from territory.admin.access import manages_everywhere, person
from territory.admin.base import ScopedAdmin, ScopedInline
from territory.admin.filters import UnitFilter

LINK_DAYS = settings.PASSWORD_RESET_TIMEOUT // (24 * 3600)
ASKED = _(
    "The permission for sealed reports waits: somebody who has it there or above confirms it on"
    " “Access of people”."
)
NOT_CONFIRMED = _(
    "Nothing sealed opens to this person until a second person confirms on “Access of people” who"
    " uses the account."
)
WAITS = _(
    "Your own account waits to be confirmed. Until somebody does, you read about people here and"
    " change nothing."
)


class PostingInline(ScopedInline):
    """Postings outside the administrator's units are not shown. Postings end by their last day."""

    model = Posting
    fk_name = "user"
    unit_path = "unit"
    form = PostingForm
    template = "admin/edit_inline/stacked.html"
    fields = [
        ("unit", "role", "title"),
        ("starts_on", "ends_on"),
        ("opens_sealed", "asked"),
        "villages",
    ]
    readonly_fields = ["asked"]
    autocomplete_fields = ["unit", "villages"]

    @admin.display(description=_("waits for a second person"))
    def asked(self, row: Posting) -> str:
        return str(row.sealed_asked_by or self.get_empty_value_display())

    def get_formset(self, request: HttpRequest, obj: Any = None, **kwargs: Any) -> Any:
        form = type("PostingForm", (PostingForm,), {"by": request.user})
        return super().get_formset(request, obj, form=form, **kwargs)


@admin.register(User)
class UserAdmin(ScopedAdmin):
    """Administrators grant only access they have themselves, and none to themselves.

    Two things they cannot do alone: type a password for somebody, and give the permission for
    sealed reports (see accounts/services/access.py).
    """

    unit_path = "unit"
    is_large = True
    form = PersonForm
    paste_page = "accounts:person_paste"
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

    def render_change_form(
        self, request: HttpRequest, context: dict[str, Any], *args: Any, **kwargs: Any
    ) -> HttpResponse:
        if not person(request).scope.is_confirmed:
            self.message_user(request, WAITS, messages.WARNING)
        return super().render_change_form(request, context, *args, **kwargs)

    def get_fieldsets(self, request: HttpRequest, obj: User | None = None) -> Any:
        access = ["is_active", "is_superuser"] if person(request).is_superuser else ["is_active"]
        handles = {
            "fields": ["nrp", "username"],
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
        return {"needs_unit": not manages_everywhere(request), "by": request.user}

    def has_add_permission(self, request: HttpRequest) -> bool:
        return super().has_add_permission(request) and may_add_people(cast(User, request.user))

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        allowed = super().has_change_permission(request, obj)
        return allowed and (obj is None or may_administer(cast(User, request.user), obj))

    def save_model(self, request: HttpRequest, obj: User, form: Any, change: bool) -> None:
        by = cast(User, request.user)
        if not change:
            obj.set_unusable_password()  # until they set one with their link
        super().save_model(request, obj, form, change)
        for kind in form.settled:
            record(kind, person=obj, by=by)
        if obj.let_in_by_id == by.pk and form.settled:
            self.message_user(request, NOT_CONFIRMED, messages.WARNING)

    def save_related(self, request: HttpRequest, form: Any, formsets: Any, change: bool) -> None:
        """Duties and reports follow a changed posting at once; messages say what they did."""
        super().save_related(request, form, formsets, change)
        by = cast(User, request.user)
        for row in chain.from_iterable(formset.forms for formset in formsets):
            if isinstance(row, PostingForm) and row.settled:
                record(row.settled, person=form.instance, by=by, units=[row.instance.unit])
                if row.settled == AccessKind.ASKED:
                    self.message_user(request, ASKED, messages.WARNING)
        has_moved = any(formset.has_changed() for formset in formsets)
        if not has_moved and "is_active" not in form.changed_data:
            return
        for sentence in chain.from_iterable(standing_changed(form.instance, by)):
            self.message_user(request, sentence, messages.WARNING)

    def response_add(self, request: HttpRequest, obj: User, post_url_continue: Any = None) -> Any:
        """Next comes the link with which the person sets a password."""
        response = super().response_add(request, obj, post_url_continue)
        if not may_make_link(cast(User, request.user), obj):
            return response
        return redirect("admin:accounts_user_password", obj.pk)

    def get_urls(self) -> list[Any]:
        password = path(
            "<path:object_id>/password/",
            self.admin_site.admin_view(self.make_password_link),
            name="accounts_user_password",
        )
        return [password, *super().get_urls()]

    def make_password_link(self, request: HttpRequest, object_id: str) -> HttpResponse:
        """Shows the new link once. Administrators never know a password of others."""
        user = self.get_object(request, unquote(object_id))
        if user is None:
            return self._get_obj_does_not_exist_redirect(  # type: ignore[attr-defined,no-any-return]
                request, self.opts, object_id
            )
        by = cast(User, request.user)
        if not self.has_change_permission(request, user) or not may_make_link(by, user):
            raise PermissionDenied
        context = {
            **self.admin_site.each_context(request),
            "title": gettext("Link for a password: %(person)s") % {"person": user},
            "opts": self.opts,
            "original": user,
            "media": self.media,
            "days": LINK_DAYS,
        }
        if request.method == "POST":
            token = make_link(person=user, by=by)
            link = request.build_absolute_uri(
                reverse("accounts:password_link", args=[user.pk, token])
            )
            self.log_change(request, user, gettext("Link for a password made."))
            text = gettext(
                "With this link %(person)s sets the password for Kamtibmas. It works once, within"
                " %(days)s days. Do not pass it on. %(link)s"
            ) % {"person": user.titled_name, "days": LINK_DAYS, "link": link}
            context |= {"link": link, "whatsapp": f"https://wa.me/?text={quote(text)}"}
        return TemplateResponse(request, "admin/password_link.html", context)
