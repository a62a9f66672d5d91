from django.urls import path

from programs.views import activities, counts, forums, instructions, issues, public, sheets

app_name = "programs"

urlpatterns = [
    path("activities/", activities.activity_list, name="activity_list"),
    path("activities/new/", activities.activity_add, name="activity_add"),
    path("activities/month/", counts.activity_recap, name="activity_recap"),
    path("activities/month/file/", counts.activity_recap_file, name="activity_recap_file"),
    path("coverage/", counts.coverage, name="coverage"),
    path("activities/<int:pk>/", activities.activity_detail, name="activity_detail"),
    path("activities/<int:pk>/edit/", activities.activity_edit, name="activity_edit"),
    path("activities/<int:pk>/withdraw/", activities.activity_withdraw, name="activity_withdraw"),
    path("activities/<int:pk>/share/", activities.activity_share, name="activity_share"),
    path("activities/<int:pk>/sheets/<slug:code>/", sheets.activity_sheet, name="activity_sheet"),
    path("activities/<int:pk>/name/", sheets.resident_open, name="resident_open"),
    path("activities/<int:pk>/name/forget/", sheets.resident_forget, name="resident_forget"),
    path(
        "activities/photos/<int:pk>/<slug:size>/",
        activities.activity_photo,
        name="activity_photo",
    ),
    path(
        "activities/<uuid:key>/photo/",
        activities.activity_photo_add,
        name="activity_photo_add",
    ),
    path("instructions/", instructions.instruction_list, name="instruction_list"),
    path("instructions/new/", instructions.instruction_add, name="instruction_add"),
    path("instructions/<int:pk>/", instructions.instruction_detail, name="instruction_detail"),
    path("instructions/<int:pk>/print/", instructions.instruction_print, name="instruction_print"),
    path(
        "instructions/<int:pk>/withdraw/",
        instructions.instruction_withdraw,
        name="instruction_withdraw",
    ),
    path(
        "instructions/receipts/<int:pk>/read/",
        instructions.instruction_read,
        name="instruction_read",
    ),
    path(
        "instructions/receipts/<int:pk>/pass/",
        instructions.instruction_pass,
        name="instruction_pass",
    ),
    path(
        "instructions/receipts/<int:pk>/done/",
        instructions.instruction_done,
        name="instruction_done",
    ),
    path(
        "instructions/receipts/<int:pk>/accept/",
        instructions.instruction_accept,
        name="instruction_accept",
    ),
    path(
        "instructions/receipts/<int:pk>/return/",
        instructions.instruction_return,
        name="instruction_return",
    ),
    path("issues/", issues.issue_list, name="issue_list"),
    path("issues/print/", issues.issue_print, name="issue_print"),
    path("issues/new/", issues.issue_add, name="issue_add"),
    path("issues/<int:pk>/", issues.issue_detail, name="issue_detail"),
    path("issues/<int:pk>/promise/", issues.issue_promise, name="issue_promise"),
    path("issues/<int:pk>/done/", issues.issue_done, name="issue_done"),
    path("issues/<int:pk>/verify/", issues.issue_verify, name="issue_verify"),
    path("issues/<int:pk>/explain/", issues.issue_explain, name="issue_explain"),
    path("issues/<int:pk>/report/", issues.issue_report, name="issue_report"),
    path("issues/<int:pk>/publish/", issues.issue_publish, name="issue_publish"),
    path("issues/<int:pk>/unpublish/", issues.issue_unpublish, name="issue_unpublish"),
    path("forums/", forums.forum_list, name="forum_list"),
    path("forums/new/", forums.forum_add, name="forum_add"),
    path("forums/<int:pk>/", forums.forum_detail, name="forum_detail"),
    path("forums/<int:pk>/edit/", forums.forum_edit, name="forum_edit"),
    path("forums/<int:pk>/cancel/", forums.forum_cancel, name="forum_cancel"),
    path("forums/<int:pk>/qr/", forums.forum_code, name="forum_code"),
    path("forums/<int:pk>/print/", forums.forum_print, name="forum_print"),
    path("forums/<int:pk>/hold/", forums.forum_hold, name="forum_hold"),
    # Residents, without an account
    path("qr/<uuid:key>/", public.forum_open, name="forum_open"),
    path("qr/<uuid:key>/here/", public.forum_attend, name="forum_attend"),
]
