"""Addresses of enquiries: `public` and `workbench` are mounted by the portal, `api` by the API."""

from django.urls import path

from marketplace.enquiries import views

app_name = "enquiries"

public = [
    path("enquiries/new/<slug:kind>/<str:code>/", views.ask, name="ask"),
]

workbench = [
    path("enquiries/", views.inbox, name="inbox"),
    path("enquiries/<str:code>/", views.show, name="show"),
]
