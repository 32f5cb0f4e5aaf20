"""Addresses of achievements: `public` and `workbench` are mounted by the portal, `api` by the API."""

from django.urls import path

from marketplace.achievements import views
from marketplace.achievements.api import (
    AchievementCollection,
    AchievementItem,
    AchievementSubmission,
)

app_name = "achievements"

public = [
    path("achievements/", views.achievement_list, name="list"),
    path("achievements/export/", views.achievement_export, name="export"),
    path("achievements/<str:code>/", views.achievement_detail, name="detail"),
    path(
        "orgs/<str:code>/achievements/", views.achievements_of_organization, name="of_organization"
    ),
    path("achievements/<str:code>/contact/", views.achievement_contact, name="contact"),
]

workbench = [
    path("achievements/", views.own_achievements, name="own"),
    path("achievements/export/", views.own_export, name="export_own"),
    path("achievements/import/", views.import_new, name="import"),
    path("achievements/import/template/", views.import_template, name="import_template"),
    path("achievements/import/<str:code>/", views.import_show, name="import_show"),
    path("achievements/import/<str:code>/result/", views.import_result, name="import_result"),
    path("review/batches/<str:code>/", views.batch_review, name="batch_review"),
    path("achievements/new/", views.achievement_new, name="new"),
    path("achievements/<str:code>/", views.achievement_manage, name="manage"),
    path("achievements/<str:code>/edit/check/", views.achievement_check, name="check"),
    path("achievements/<str:code>/edit/<slug:step>/", views.achievement_edit, name="edit"),
    path("achievements/<str:code>/act/<slug:name>/", views.achievement_act, name="act"),
    path("review/achievements/<str:code>/", views.achievement_review, name="review"),
]

api = [
    path("achievements/", AchievementCollection.as_view(), name="achievement_list"),
    path("achievements/<str:code>/", AchievementItem.as_view(), name="achievement_detail"),
    path(
        "achievements/<str:code>/submit/",
        AchievementSubmission.as_view(),
        name="achievement_submit",
    ),
]
