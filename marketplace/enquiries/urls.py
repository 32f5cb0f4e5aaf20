"""Addresses of enquiries: `public` and `workbench` are mounted by the portal, `api` by the API."""

from django.urls import path

from marketplace.enquiries import views
from marketplace.enquiries.api import EnquiryCollection, EnquiryItem, EnquiryMessages

app_name = "enquiries"

public = [
    path("enquiries/new/<slug:kind>/<str:code>/", views.ask, name="ask"),
    path("enquiries/new/<slug:kind>/<str:code>/visitor/", views.ask_visitor, name="ask_visitor"),
    path("enquiries/by-link/<str:token>/", views.by_link, name="by_link"),
    path("enquiries/visit/", views.visit, name="visit"),
    path("enquiries/visit/files/<str:code>/", views.visit_file, name="visit_file"),
]

workbench = [
    path("enquiries/", views.inbox, name="inbox"),
    path("enquiries/<str:code>/", views.show, name="show"),
    path("enquiries/<str:code>/name/", views.name_owner, name="name"),
    path("enquiries/<str:code>/join/", views.join, name="join"),
]

api = [
    path("enquiries/", EnquiryCollection.as_view(), name="enquiry_list"),
    path("enquiries/<str:code>/", EnquiryItem.as_view(), name="enquiry_detail"),
    path("enquiries/<str:code>/messages/", EnquiryMessages.as_view(), name="enquiry_write"),
]
