"""Addresses of threads."""

from django.urls import path

from marketplace.threads import api as rest
from marketplace.threads import views

app_name = "threads"

workbench = [
    path("threads/<str:code>/", views.show, name="show"),
    path("threads/<str:code>/pack/", views.pack, name="pack"),
]

api = [
    path("threads/<str:code>/", rest.ThreadDetail.as_view(), name="thread"),
]
