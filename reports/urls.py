from django.urls import URLPattern, path

from reports.views import casework, changes, codes, contacts, desk, public, sharing, track

app_name = "reports"

urlpatterns: list[URLPattern] = [
    # a citizen, without an account
    path("lapor/", public.report_send, name="report_send"),
    path("lapor/isi/", public.report_fill, name="report_fill"),
    path("lapor/terkirim/", public.report_receipt, name="report_receipt"),
    path("lapor/keluar/", public.report_leave, name="report_leave"),
    path("lapor/cari/", public.category_search, name="category_search"),
    path("lapor/wilayah/", public.area_search, name="area_search"),
    path("lacak/", track.report_track, name="report_track"),
    path("lacak/catatan/", track.track_note, name="track_note"),
    path("lacak/setuju/", track.track_confirm, name="track_confirm"),
    path("lacak/sanggah/", track.track_dispute, name="track_dispute"),
    path("lacak/nilai/", track.track_rate, name="track_rate"),
    path("lacak/hapus/", track.track_forget, name="track_forget"),
    path("lacak/foto/<int:pk>/<str:size>/", track.track_photo, name="track_photo"),
    # the desk: list, new, detail
    path("reports/", desk.report_list, name="report_list"),
    path("reports/new/", desk.report_new, name="report_new"),
    path("reports/<int:pk>/", desk.report_detail, name="report_detail"),
    path("reports/<int:pk>/print/", desk.report_print, name="report_print"),
    path("reports/<int:pk>/code/", codes.report_code, name="report_code"),
    path("reports/<int:pk>/share/", sharing.report_share, name="report_share"),
    path("reports/photos/<int:pk>/<str:size>/", desk.report_photo, name="report_photo"),
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
