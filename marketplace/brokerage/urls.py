"""Addresses of brokerage."""

from django.urls import path

from marketplace.brokerage import api as rest
from marketplace.brokerage import views
from marketplace.brokerage.views import commissions, desk, introductions, mandates, requests

public = [
    path("example/", views.example, name="example"),
    path("brokers/", views.directory, name="list"),
    path("brokers/<str:code>/", views.show_broker, name="detail"),
    path("brokers/<str:code>/write/", requests.write, name="write"),
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
    path("brokers/own/tasks/", rest.OwnTasks.as_view(), name="task_list"),
    path("brokers/own/tasks/<str:code>/", rest.OwnTask.as_view(), name="task_mark"),
    path("brokers/own/pipeline/", rest.OwnPipeline.as_view(), name="pipeline"),
    path("brokers/<str:code>/", rest.BrokerDetail.as_view(), name="broker_detail"),
    path("brokers/<str:code>/messages/", rest.BrokerMessages.as_view(), name="broker_write"),
]

# --- mandates, introductions, the desk
workbench += [
    path("brokerage/", desk.home, name="desk"),
    path("brokerage/pipeline/", desk.pipeline, name="pipeline"),
    path("brokerage/pipeline/<str:code>/", desk.move, name="move"),
    path("brokerage/tasks/", desk.tasks, name="tasks"),
    path("brokerage/tasks/<str:code>/", desk.task_mark, name="task_mark"),
    path("brokerage/requests/", requests.request_list, name="requests"),
    path("brokerage/requests/<str:code>/", requests.request_mark, name="request_mark"),
    path("brokerage/feedback/<str:enquiry>/<str:code>/", desk.rate, name="rate"),
    path("brokerage/mandates/", mandates.mandate_list, name="mandates"),
    path("brokerage/mandates/new/<str:code>/", mandates.propose_to, name="propose_to"),
    path(
        "brokerage/mandates/new/<slug:kind>/<str:code>/",
        mandates.propose_for,
        name="propose_for",
    ),
    path("brokerage/mandates/<str:code>/", mandates.mandate_show, name="mandate"),
    path("brokerage/mandates/<str:code>/amend/", mandates.mandate_amend, name="mandate_amend"),
    path("brokerage/mandates/<str:code>/copy/", mandates.mandate_copy, name="mandate_copy"),
    path(
        "brokerage/mandates/<str:code>/commissions/new/",
        commissions.commission_add,
        name="commission_add",
    ),
    path("brokerage/commissions/<str:code>/", commissions.commission_show, name="commission"),
    path("brokerage/introductions/", introductions.introduction_list, name="introductions"),
    path(
        "brokerage/introductions/new/",
        introductions.introduce_meeting,
        name="introduce_meeting",
    ),
    path(
        "brokerage/introductions/new/<str:code>/",
        introductions.introduce_enquiry,
        name="introduce_enquiry",
    ),
    path(
        "brokerage/introductions/<str:code>/",
        introductions.introduction_show,
        name="introduction",
    ),
    path(
        "brokerage/introductions/<str:code>/proofs/",
        introductions.introduction_proof,
        name="introduction_proof",
    ),
    path(
        "brokerage/introductions/<str:code>/ruling/",
        introductions.introduction_rule,
        name="introduction_rule",
    ),
]

api += [
    path("mandates/", rest.MandateList.as_view(), name="mandate_list"),
    path("mandates/<str:code>/", rest.MandateDetail.as_view(), name="mandate_detail"),
    path("mandates/<str:code>/amend/", rest.MandateAmend.as_view(), name="mandate_amend"),
    path(
        "mandates/<str:code>/commissions/",
        rest.MandateCommissions.as_view(),
        name="commission_list",
    ),
    path("commissions/<str:code>/<str:act>/", rest.CommissionAct.as_view(), name="commission_act"),
    path("mandates/<str:code>/<slug:act>/", rest.MandateAct.as_view(), name="mandate_act"),
    path("introductions/", rest.IntroductionList.as_view(), name="introduction_list"),
    path(
        "introductions/<str:code>/",
        rest.IntroductionDetail.as_view(),
        name="introduction_detail",
    ),
    path(
        "introductions/<str:code>/answer/",
        rest.IntroductionAnswer.as_view(),
        name="introduction_answer",
    ),
    path("introductions/<str:code>/met/", rest.IntroductionMet.as_view(), name="introduction_met"),
]
