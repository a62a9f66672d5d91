"""The page on which an administrator pastes people with their postings."""

from django.http import HttpResponse
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods

from accounts.rights import may_add_people
from accounts.services.person_table import SPEC, plan_people, save_people
from accounts.views.requests import SignedIn
from territory.extensions import table_pages
from toolkit.tables.pages import paste_page
from toolkit.ui.requests import require


@sensitive_post_parameters()
@require_http_methods(["GET", "HEAD", "POST"])
def person_paste(request: SignedIn) -> HttpResponse:
    require(may_add_people(request.user))
    return paste_page(
        request,
        "accounts/person_paste.html",
        spec=SPEC,
        plan=lambda text: plan_people(text=text, by=request.user),
        save=lambda text: save_people(text=text, by=request.user),
        pages=table_pages(),
    )
