"""Addresses of contracts."""

from django.urls import path

from marketplace.deals import api as rest
from marketplace.deals import views

workbench = [
    path("contracts/", views.contract_list, name="list"),
    path("contracts/new/", views.new_contract, name="new"),
    path("contracts/new/intent/<str:code>/", views.new_from_intent, name="new_from_intent"),
    path("contracts/new/enquiry/<str:code>/", views.new_from_enquiry, name="new_from_enquiry"),
    path("contracts/new/<slug:kind>/<str:code>/", views.new_from_listing, name="new_from_listing"),
    path("contracts/<str:code>/", views.show, name="show"),
    path("contracts/<str:code>/edit/<slug:section>/", views.edit, name="edit"),
    path("contracts/<str:code>/evidence/", views.evidence, name="evidence"),
    path("contracts/<str:code>/evidence/<int:number>/", views.evidence, name="evidence_row"),
    path("contracts/<str:code>/print/", views.print_draft, name="print"),
    path("contracts/<str:code>/draft.docx", views.draft_docx, name="docx"),
    path("contracts/<str:code>/draft.pdf", views.draft_pdf, name="pdf"),
    path("contracts/<str:code>/text/", views.text, name="text"),
    path("contracts/<str:code>/text/attest/<int:party>/", views.attest, name="attest"),
    path("contracts/<str:code>/sign/", views.sign, name="sign"),
    path("contracts/<str:code>/copies/", views.add_copy, name="copy"),
    path("contracts/<str:code>/start/", views.start, name="start"),
    path("contracts/<str:code>/payments/", views.pay, name="pay"),
    path(
        "contracts/<str:code>/payments/<int:payment>/reverse/",
        views.reverse_payment,
        name="reverse_payment",
    ),
    path("contracts/<str:code>/invoices/", views.invoice, name="invoice"),
    path("contracts/<str:code>/milestones/<int:milestone>/", views.reach, name="reach"),
    path("contracts/<str:code>/amend/<slug:section>/", views.amend, name="amend"),
    path("contracts/<str:code>/amendments/<int:number>/", views.amendment, name="amendment"),
    path("contracts/<str:code>/perform/", views.perform, name="perform"),
    path("contracts/<str:code>/terminate/", views.terminate, name="terminate"),
    path("contracts/<str:code>/origin/", views.origin, name="origin"),
    path("contracts/<str:code>/cancel/", views.cancel, name="cancel"),
]

api = [
    path("contracts/", rest.ContractCollection.as_view(), name="contract_list"),
    path("contracts/<str:code>/", rest.ContractItem.as_view(), name="contract_detail"),
    path(
        "contracts/<str:code>/sections/<slug:section>/",
        rest.ContractSection.as_view(),
        name="contract_save",
    ),
    path("contracts/<str:code>/texts/", rest.ContractTexts.as_view(), name="contract_texts"),
    path(
        "contracts/<str:code>/texts/attest/", rest.ContractAttest.as_view(), name="contract_attest"
    ),
    path("contracts/<str:code>/sign/", rest.ContractSign.as_view(), name="contract_sign"),
    path("contracts/<str:code>/copies/", rest.ContractCopies.as_view(), name="contract_copies"),
    path(
        "contracts/<str:code>/amendments/",
        rest.ContractAmendments.as_view(),
        name="contract_amendments",
    ),
    path(
        "contracts/<str:code>/amendments/<int:number>/",
        rest.ContractAmendment.as_view(),
        name="contract_amendment",
    ),
    path("contracts/<str:code>/origins/", rest.ContractOrigins.as_view(), name="contract_origins"),
    path(
        "contracts/<str:code>/reversals/", rest.ContractReversals.as_view(), name="contract_reverse"
    ),
    path(
        "contracts/<str:code>/milestones/",
        rest.ContractMilestones.as_view(),
        name="contract_milestones",
    ),
    path("contracts/<str:code>/payments/", rest.ContractPayments.as_view(), name="contract_pay"),
    path(
        "contracts/<str:code>/invoices/", rest.ContractInvoices.as_view(), name="contract_invoice"
    ),
    path("contracts/<str:code>/<slug:act>/", rest.ContractAct.as_view(), name="contract_act"),
]
