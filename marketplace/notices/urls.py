"""Pages of a person's notices; the workbench mounts `workbench` under the namespace `notices`."""

from django.urls import path

from marketplace.notices import views

workbench = [
    path("notices/", views.inbox, name="list"),
    path("notices/read/", views.read_all, name="read_all"),
    path("notices/preferences/", views.preferences, name="preferences"),
    path("notices/<str:code>/", views.open_notice, name="open"),
]
