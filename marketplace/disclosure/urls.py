"""Addresses of disclosure."""

from django.urls import path

from marketplace.disclosure import api as rest
from marketplace.disclosure import views

app_name = "disclosure"

public = [
    path("confidentiality-agreement/", views.show_text, name="text"),
]

workbench = [
    path("disclosure/", views.given, name="given"),
    path("disclosure/held/", views.held, name="held"),
    path("disclosure/log/", views.log, name="log"),
    path("disclosure/log/export/", views.export_log, name="export_log"),
    path("disclosure/agreement/", views.agreement, name="agreement"),
    path("disclosure/agreement/publish/", views.publish_text, name="publish"),
    path("disclosure/ask/<str:code>/", views.ask, name="ask"),
    path("disclosure/offer/<str:code>/", views.offer, name="offer"),
    path("disclosure/grants/<str:code>/", views.show_grant, name="grant"),
    path("disclosure/grants/<str:code>/read/", views.read, name="read"),
]

api = [
    path("disclosure/agreement/", rest.AgreementView.as_view(), name="agreement"),
    path("disclosure/grants/", rest.GrantCollection.as_view(), name="grant_list"),
    path("disclosure/grants/<str:code>/", rest.GrantItem.as_view(), name="grant_detail"),
    path("disclosure/grants/<str:code>/<str:move>/", rest.GrantMove.as_view(), name="grant_move"),
]
