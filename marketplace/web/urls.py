"""Addresses of the web floor itself: the reader's choices and the component gallery."""

from django.urls import path

from marketplace.web import gallery, views

app_name = "web"
urlpatterns = [
    path("preferences/", views.preference, name="preference"),
    path("_ui/", gallery.ui, name="ui"),
]
