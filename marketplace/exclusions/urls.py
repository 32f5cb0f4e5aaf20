"""Addresses of decisions that exclude somebody."""

from django.urls import path

from marketplace.exclusions import api as rest
from marketplace.exclusions import views

workbench = [
    path("exclusions/", views.decisions, name="list"),
    path("exclusions/new/", views.new, name="new"),
    path("exclusions/import/", views.imports, name="import"),
    path("exclusions/import/template/", views.template, name="template"),
    path("exclusions/import/<str:code>/", views.run, name="run"),
    path("exclusions/<str:code>/", views.show, name="show"),
    path("exclusions/<str:code>/correct/", views.correct, name="correct"),
]

api = [
    path("exclusions/", rest.DecisionCollection.as_view(), name="exclusion_list"),
    path("exclusions/<str:code>/", rest.DecisionItem.as_view(), name="exclusion_detail"),
    path("exclusions/<str:code>/<slug:move>/", rest.DecisionMove.as_view(), name="exclusion_move"),
]
