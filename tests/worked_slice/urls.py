"""Addresses of visits."""

from django.urls import path

from tests.worked_slice import views

workbench = [
    path("visits/", views.own_visits, name="list"),
    path("visits/ask/<str:code>/", views.ask, name="ask"),
    path("visits/<str:code>/", views.show, name="show"),
]
