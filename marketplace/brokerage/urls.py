"""Addresses of brokerage."""

from django.urls import path

from marketplace.brokerage import api as rest
from marketplace.brokerage import views

public = [
    path("brokers/", views.directory, name="list"),
    path("brokers/<str:code>/", views.show_broker, name="detail"),
]

workbench = [
    # --- the register
    path("brokerage/own/", views.own, name="own"),
    path("brokerage/entries/<str:code>/", views.entry, name="entry"),
    path("brokerage/entries/<str:code>/edit/", views.edit, name="edit"),
    path("brokerage/entries/<str:code>/preview/", views.preview, name="preview"),
    path("brokerage/entries/<str:code>/consent/", views.consent, name="consent"),
    path(
        "brokerage/entries/<str:code>/certificates/new/",
        views.certificate_new,
        name="certificate_new",
    ),
    path(
        "brokerage/entries/<str:code>/certificates/<str:certificate>/",
        views.certificate,
        name="certificate",
    ),
    path("brokerage/register/", views.register, name="register"),
    path("brokerage/register/<str:code>/", views.review, name="review"),
    # --- the yearly filing form
    path("brokerage/filings/", views.filings, name="filings"),
    path("brokerage/filings/<str:code>/<int:year>/", views.filing, name="filing"),
    path(
        "brokerage/filings/<str:code>/<int:year>/xlsx/", views.filing_export, name="filing_export"
    ),
]

api = [
    path("brokers/", rest.BrokerList.as_view(), name="broker_list"),
    path("brokers/own/", rest.OwnEntry.as_view(), name="broker_own"),
    path("brokers/<str:code>/", rest.BrokerDetail.as_view(), name="broker_detail"),
]
