"""Addresses of publicities and objections."""

from django.urls import path

from marketplace.publicity import api as rest
from marketplace.publicity import views

public = [
    path("publicity/", views.public_list, name="list"),
    path("publicity/<str:code>/", views.public_page, name="detail"),
]

workbench = [
    path("publicity/", views.own, name="own"),
    path("publicity/new/", views.new, name="new"),
    path("publicity/<str:code>/", views.manage, name="manage"),
    path("publicity/<str:code>/edit/", views.edit, name="edit"),
    path("publicity/<str:code>/files/", views.change_files, name="files"),
    path("publicity/<str:code>/object/", views.contest, name="contest"),
    path("objections/", views.objections, name="objections"),
    path("objections/<str:code>/", views.objection, name="objection"),
    path("objections/<str:code>/edit/", views.edit_objection, name="edit_objection"),
]

api = [
    path("publicity/", rest.PublicityCollection.as_view(), name="publicity_list"),
    path("publicity/<str:code>/", rest.PublicityItem.as_view(), name="publicity_detail"),
    path("publicity/<str:code>/<slug:move>/", rest.PublicityMove.as_view(), name="publicity_move"),
    path("objections/", rest.ObjectionCollection.as_view(), name="objection_list"),
    path("objections/<str:code>/", rest.ObjectionItem.as_view(), name="objection_detail"),
    path("objections/<str:code>/<slug:move>/", rest.ObjectionMove.as_view(), name="objection_move"),
]
