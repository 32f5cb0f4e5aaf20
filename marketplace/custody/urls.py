"""Addresses of custodians."""

from django.urls import path

from marketplace.custody import api as rest
from marketplace.custody import views

workbench = [
    path("custody/", views.custodians, name="list"),
    path("custody/invite/", views.invite, name="invite"),
    path("custody/help/", views.explain, name="help"),
    path("custody/rehearsals/<str:code>/", views.rehearse, name="rehearse"),
    path("custody/<str:code>/", views.show, name="show"),
    path("custody/<str:code>/key/", views.make_key, name="key"),
    path("custody/<str:code>/record/", views.record, name="record"),
]

api = [
    path("custodians/", rest.CustodianCollection.as_view(), name="custodian_list"),
    path("custodians/<str:code>/", rest.CustodianItem.as_view(), name="custodian_detail"),
]
