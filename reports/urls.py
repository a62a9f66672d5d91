from django.urls import URLPattern, path

from reports.views import casework, changes, contacts

app_name = "reports"

urlpatterns: list[URLPattern] = [
    # a citizen, without an account
    # the desk: list, new, detail
    # the changes of a report, notes, handover, contacts
    path("reports/<int:pk>/verify/", changes.report_verify, name="report_verify"),
    path("reports/<int:pk>/dispatch/", changes.report_dispatch, name="report_dispatch"),
    path("reports/<int:pk>/recall/", changes.report_recall, name="report_recall"),
    path("reports/<int:pk>/arrive/", changes.report_arrive, name="report_arrive"),
    path("reports/<int:pk>/resolve/", changes.report_resolve, name="report_resolve"),
    path("reports/<int:pk>/close/", changes.report_close, name="report_close"),
    path("reports/<int:pk>/reject/", changes.report_reject, name="report_reject"),
    path("reports/<int:pk>/merge/", changes.report_merge, name="report_merge"),
    path("reports/<int:pk>/refer/", changes.report_refer, name="report_refer"),
    path("reports/<int:pk>/reopen/", changes.report_reopen, name="report_reopen"),
    path("reports/<int:pk>/override/", changes.report_override, name="report_override"),
    path("reports/<int:pk>/note/", casework.report_note, name="report_note"),
    path("reports/<int:pk>/classify/", casework.report_classify, name="report_classify"),
    path("reports/<int:pk>/handover/", casework.report_handover, name="report_handover"),
    path("reports/<int:pk>/contact/", contacts.contact_open, name="contact_open"),
    path("reports/contacts/", contacts.contact_access_list, name="contact_access_list"),
]
