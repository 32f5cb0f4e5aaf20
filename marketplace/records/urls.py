"""Addresses of records."""

from django.urls import path

from marketplace.records import views

public = [
    path("open-data/", views.about, name="about"),
    path("open-data/releases/", views.feed, name="feed"),
    path("open-data/releases/<str:code>/<int:number>/", views.one, name="release"),
    path("open-data/records/<str:code>/", views.record, name="record"),
    path("open-data/years/<int:year>/", views.year, name="year"),
    path("tenders-in-figures/", views.figures, name="figures"),
]

workbench = [
    path("audit-packs/<str:code>/", views.pack, name="pack"),
]
