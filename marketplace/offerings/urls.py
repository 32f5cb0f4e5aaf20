"""Addresses of service offers: `public` is mounted by the portal, `workbench` by the workbench, `api` by the API."""

from django.urls import path

from marketplace.listings import urls as listings
from marketplace.offerings import views
from marketplace.offerings.kind import KIND

app_name = "offerings"

public = [
    path("providers/", views.providers, name="providers"),
    path("providers/filing-check/", views.filing_check, name="filing_check"),
    *listings.public(KIND),
]
workbench = [
    path("filings/<str:code>/", views.filing, name="filing"),
    *listings.workbench(KIND),
]
api = listings.api(KIND)
