"""Addresses of achievements: `public` is mounted by the portal, `workbench` by the workbench, `api` by the API."""

from django.urls import path

from marketplace.achievements import views
from marketplace.achievements.kind import KIND
from marketplace.listings import urls as listings

app_name = "achievements"

public = listings.public(KIND)

workbench = [
    path("achievements/import/", views.import_new, name="import"),
    path("achievements/import/template/", views.import_template, name="import_template"),
    path("achievements/import/<str:code>/", views.import_show, name="import_show"),
    path("achievements/import/<str:code>/result/", views.import_result, name="import_result"),
    path("review/batches/<str:code>/", views.batch_review, name="batch_review"),
    *listings.workbench(KIND),
]

api = listings.api(KIND)
