"""Addresses of the registration."""

from django.urls import path

from marketplace.registration.api.precheck import ContractCheck
from marketplace.registration.views.precheck import precheck

workbench = [
    path("filings/check/<str:code>/", precheck, name="precheck"),
]

api = [
    path("contracts/<str:code>/check/", ContractCheck.as_view(), name="contract_check"),
]
