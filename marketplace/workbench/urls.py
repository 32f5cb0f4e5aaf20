"""The signed-in shell's own pages; those of the slices are mounted by the portal."""

from django.urls import path

from marketplace.workbench import views

app_name = "workbench"
urlpatterns = [
    path("", views.home, name="home"),
    path("review/", views.review_queue, name="review"),
    path("operations/", views.operations, name="operations"),
]
