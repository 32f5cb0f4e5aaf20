"""Addresses of bids."""

from django.urls import path

from marketplace.bids import api as rest
from marketplace.bids import views

public = [
    path("bids/receipts/", views.receipts, name="receipts"),
]

workbench = [
    path("bids/", views.own, name="own"),
    path("bids/new/<str:tender>/", views.new, name="new"),
    path("bids/uploads/", views.uploads, name="uploads"),
    path("bids/uploads/<str:name>/", views.upload, name="upload"),
    path("bids/<str:code>/", views.show, name="show"),
    path("bids/<str:code>/edit/", views.edit, name="edit"),
    path("bids/<str:code>/seal/", views.seal, name="seal"),
    path("bids/<str:code>/right/", views.right, name="right"),
    path("bids/<str:code>/sealed/", views.hand_in, name="hand_in"),
    path("bids/<str:code>/plain/", views.plain, name="plain"),
    path("bids/<str:code>/copy/", views.copy, name="copy"),
    path("bids/<str:code>/receipts/<str:digest>/", views.receipt, name="receipt"),
    path("bids/<str:code>/parts/<int:revision>/<int:number>/", views.part, name="part"),
]

api = [
    path("bids/", rest.BidCollection.as_view(), name="bid_list"),
    path("bids/<str:code>/", rest.BidItem.as_view(), name="bid_detail"),
]
