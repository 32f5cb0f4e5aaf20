"""Addresses of the statistics slice."""

from django.urls import path

from marketplace.statistics import api as rest
from marketplace.statistics import views

public = [
    path("statistics/", views.dashboard, name="dashboard"),
    path("statistics/wall/", views.wall, name="wall"),
    path("statistics/archive/", views.archive, name="archive"),
    path("statistics/tables/<str:name>/", views.table, name="table"),
]

workbench = [
    path("statistics/", views.overview, name="overview"),
    path("statistics/entries/", views.entries, name="entries"),
    path("statistics/stages/", views.funnel, name="stages"),
    path("statistics/registered/", views.registered, name="registered"),
    path("statistics/targets/", views.targets, name="targets"),
    path("statistics/check/", views.check, name="check"),
    path("statistics/brief/", views.brief, name="brief"),
    path("statistics/report/<int:year>/", views.report, name="report"),
    path("statistics/report/<int:year>/pdf/", views.report_pdf, name="report_pdf"),
    path("statistics/sums/<str:dimension>/", views.sums, name="sums"),
]

api = [
    path("statistics/", rest.YearList.as_view(), name="statistics_years"),
    path("statistics/<int:year>/", rest.YearDetail.as_view(), name="statistics_year"),
]
