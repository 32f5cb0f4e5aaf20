"""Addresses of the registration."""

from django.urls import path

from marketplace.registration import api as rest
from marketplace.registration.api.precheck import ContractCheck
from marketplace.registration.views import desk, imports, ledger, seller, sheets
from marketplace.registration.views.precheck import precheck

public = [path("verify/<str:token>/", sheets.verify, name="verify")]

workbench = [
    # --- the seller
    path("registrations/", seller.filings, name="filings"),
    path("registrations/batch/", seller.batch_filing, name="batch"),
    path("registrations/list/", sheets.registered_list, name="registered_list"),
    path("registrations/new/<str:code>/", seller.open_filing, name="open"),
    path("registrations/elsewhere/<str:code>/", seller.elsewhere, name="elsewhere"),
    path("registrations/check/<str:code>/", precheck, name="precheck"),
    path("registrations/<str:code>/", seller.filing, name="filing"),
    path("registrations/<str:code>/form/", sheets.form_sheet, name="form_sheet"),
    path("registrations/<str:code>/papers/", seller.paper, name="paper"),
    path("registrations/<str:code>/uses/", seller.uses, name="uses"),
    path("registrations/<str:code>/verification/", sheets.verification, name="verification"),
    # --- the registrar
    path("registrar/", desk.desk, name="desk"),
    path("registrar/unregistered/", desk.unregistered, name="unregistered"),
    path("registrar/<str:code>/", desk.decide, name="decide"),
    # --- the ledger and the official register
    path("ledger/", ledger.ledger, name="ledger"),
    path("ledger/<slug:book>/<slug:month>/", ledger.period, name="period"),
    path("register/", imports.register_imports, name="imports"),
    path("register/export/", imports.register_export, name="register_export"),
    path("register/origins/", imports.origins, name="origins"),
    path("register/<str:code>/", imports.register_import, name="import"),
    path("register/<str:code>/result/", imports.register_result, name="import_result"),
]

api = [
    path("filings/", rest.FilingList.as_view(), name="filing_list"),
    path("filings/<str:code>/", rest.FilingDetail.as_view(), name="filing_detail"),
    path("filings/<str:code>/<slug:act>/", rest.FilingAct.as_view(), name="filing_act"),
    path("contracts/<str:code>/check/", ContractCheck.as_view(), name="contract_check"),
    path("ledger/<slug:book>/", rest.LedgerPeriods.as_view(), name="ledger_periods"),
    path("ledger/<slug:book>/<slug:month>/", rest.LedgerEntries.as_view(), name="ledger_entries"),
]
