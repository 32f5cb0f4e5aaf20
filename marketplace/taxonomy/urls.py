"""The operator's pages; a shell mounts `workbench` under the namespace `taxonomy`."""

from django.urls import path

from marketplace.taxonomy import views

workbench = [
    path("taxonomy/", views.list_schemes, name="schemes"),
    path("taxonomy/working-days/", views.list_years, name="years"),
    path("taxonomy/working-days/<int:year>/", views.show_year, name="year"),
    path("taxonomy/<slug:scheme>/", views.show_scheme, name="scheme"),
    path("taxonomy/<slug:scheme>/add/", views.add_term, name="add"),
    path("taxonomy/<slug:scheme>/terms/<str:code>/", views.edit_term, name="edit"),
    path("taxonomy/<slug:scheme>/terms/<str:code>/retire/", views.retire_term, name="retire"),
    path("taxonomy/<slug:scheme>/terms/<str:code>/restore/", views.restore_term, name="restore"),
]
