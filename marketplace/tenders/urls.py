"""Addresses of tenders."""

from django.urls import path
from django.views.decorators.http import require_safe

from marketplace.tenders import api as rest
from marketplace.tenders import views
from marketplace.tenders.feeds import TenderFeed

public = [
    path("tenders/", views.public_list, name="list"),
    path("tenders/feed/", require_safe(TenderFeed()), name="feed"),
    path("tenders/<str:code>/", views.public_page, name="detail"),
]

workbench = [
    path("tenders/", views.own, name="own"),
    path("tenders/all/", views.survey, name="all"),
    path("tenders/standing/", views.standing, name="standing"),
    path("tenders/new/<str:code>/", views.new, name="new"),
    path("tenders/<str:code>/", views.manage, name="manage"),
    path("tenders/<str:code>/edit/<slug:step>/", views.edit, name="edit"),
    path("tenders/<str:code>/files/", views.change_files, name="files"),
    path("tenders/<str:code>/amend/", views.amend, name="amend"),
    path("tenders/<str:code>/ask/", views.ask, name="ask"),
    path("tender-questions/<str:code>/", views.answer, name="answer"),
]

api = [
    path("tenders/", rest.TenderCollection.as_view(), name="tender_list"),
    path("tenders/<str:code>/", rest.TenderItem.as_view(), name="tender_detail"),
    path("tenders/<str:code>/questions/", rest.TenderQuestions.as_view(), name="tender_questions"),
    path("tenders/<str:code>/<slug:move>/", rest.TenderMove.as_view(), name="tender_move"),
]
