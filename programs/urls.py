from django.urls import path

from programs.views import activities, instructions, sheets

app_name = "programs"

urlpatterns = [
    path("activities/", activities.activity_list, name="activity_list"),
    path("activities/new/", activities.activity_add, name="activity_add"),
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
]
