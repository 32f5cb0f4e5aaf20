"""Addresses of openings."""

from django.urls import path

from marketplace.openings import api as rest
from marketplace.openings import views

public = [
    path("tenders/<str:code>/opening/", views.minutes, name="minutes"),
    path("tenders/<str:code>/opening/chain/", views.chain, name="chain"),
]

workbench = [
    path("openings/", views.openings, name="list"),
    path("openings/<str:code>/", views.show, name="show"),
    path("openings/<str:code>/boxes/", views.boxes, name="boxes"),
    path("openings/<str:code>/shares/", views.post, name="post"),
    path("openings/bids/<str:code>/", views.read, name="read"),
    path("openings/bids/<str:code>/files/<int:number>/", views.file, name="file"),
    path("openings/bids/<str:code>/plan/", views.complete, name="complete"),
    path("openings/bids/<str:code>/reveal/", views.reveal, name="reveal"),
]

api = [
    path("openings/<str:code>/", rest.OpeningItem.as_view(), name="opening_detail"),
    path("opened-bids/", rest.OpenedCollection.as_view(), name="openedbid_list"),
    path("opened-bids/<str:code>/", rest.OpenedItem.as_view(), name="openedbid_detail"),
]
