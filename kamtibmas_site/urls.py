"""Every URL of the site, or the app that has it."""

from allauth.account import views as allauth_views
from allauth.account.decorators import secure_admin_login
from django.contrib import admin
from django.urls import include, path

from kamtibmas_site import views
from patrols.views import installed

# The admin uses the sign-in page of the site: its own has no throttle.
admin.site.login = secure_admin_login(admin.site.login)  # type: ignore[method-assign]

handler400 = "kamtibmas_site.views.bad_request"
handler500 = "kamtibmas_site.views.server_error"

urlpatterns = [
    path("", views.home, name="home"),
    # Three pages of allauth and no more: include("allauth.urls") would open a public sign-up.
    path("accounts/login/", allauth_views.login, name="account_login"),
    path("accounts/logout/", allauth_views.logout, name="account_logout"),
    path("accounts/password/", allauth_views.password_change, name="account_change_password"),
    path("accounts/", include("accounts.urls")),
    path("territory/", include("territory.urls")),
    path("partners/", include("partners.urls")),
    path("", include("reports.urls")),
    path("patrols/", include("patrols.urls")),
    path("programs/", include("programs.urls")),
    path("admin/", admin.site.urls),
    path("manifest.webmanifest", installed.manifest, name="manifest"),
    path("sw.js", installed.worker, name="service_worker"),
    path("healthz", views.healthz, name="healthz"),
]
