"""Addresses of needs: `public` is mounted by the portal, `workbench` by the workbench."""

from django.urls import path

from marketplace.needs import views
from marketplace.needs.api import NeedCollection, NeedItem, NeedSubmission

app_name = "needs"

public = [
    path("needs/", views.need_list, name="list"),
    path("needs/export/", views.need_export, name="export"),
    path("needs/<str:code>/", views.need_detail, name="detail"),
    path("orgs/<str:code>/needs/", views.needs_of_organization, name="of_organization"),
    path("needs/<str:code>/contact/", views.need_contact, name="contact"),
]

workbench = [
    path("needs/", views.own_needs, name="own"),
    path("needs/export/", views.own_export, name="export_own"),
    path("needs/new/", views.need_new, name="new"),
    path("needs/<str:code>/", views.need_manage, name="manage"),
    path("needs/<str:code>/edit/check/", views.need_check, name="check"),
    path("needs/<str:code>/edit/<slug:step>/", views.need_edit, name="edit"),
    path("needs/<str:code>/act/<slug:name>/", views.need_act, name="act"),
    path("review/needs/<str:code>/", views.need_review, name="review"),
]

api = [
    path("needs/", NeedCollection.as_view(), name="need_list"),
    path("needs/<str:code>/", NeedItem.as_view(), name="need_detail"),
    path("needs/<str:code>/submit/", NeedSubmission.as_view(), name="need_submit"),
]
