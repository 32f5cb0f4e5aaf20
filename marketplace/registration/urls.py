"""Addresses of the registration."""

from django.urls import path

from marketplace.registration import api as rest
from marketplace.registration.views import desk, seller, sheets

public = [path("verify/<str:token>/", sheets.verify, name="verify")]

workbench = [
    # --- the seller
    path("filings/", seller.filings, name="filings"),
    path("filings/batch/", seller.batch_filing, name="batch"),
    path("filings/list/", sheets.registered_list, name="registered_list"),
    path("filings/new/<str:code>/", seller.open_filing, name="open"),
    path("filings/elsewhere/<str:code>/", seller.elsewhere, name="elsewhere"),
    path("filings/<str:code>/", seller.filing, name="filing"),
    path("filings/<str:code>/form/", sheets.form_sheet, name="form_sheet"),
    path("filings/<str:code>/papers/", seller.paper, name="paper"),
    path("filings/<str:code>/uses/", seller.uses, name="uses"),
    path("filings/<str:code>/verification/", sheets.verification, name="verification"),
    # --- the registrar
    path("registrar/", desk.desk, name="desk"),
    path("registrar/unregistered/", desk.unregistered, name="unregistered"),
    path("registrar/<str:code>/", desk.decide, name="decide"),
]

api = [
    path("filings/", rest.FilingList.as_view(), name="filing_list"),
    path("filings/<str:code>/", rest.FilingDetail.as_view(), name="filing_detail"),
    path("filings/<str:code>/<slug:act>/", rest.FilingAct.as_view(), name="filing_act"),
]
