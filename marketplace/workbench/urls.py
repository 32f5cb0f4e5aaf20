"""The signed-in shell's own pages; those of the slices are mounted by the portal."""

from django.urls import path

from marketplace.workbench import views

app_name = "workbench"
urlpatterns = [
    path("", views.home, name="home"),
    path("review/", views.review_queue, name="review"),
    path("operations/", views.operations, name="operations"),
    path("operations/retry/", views.deliveries_retry, name="deliveries_retry"),
    path("operations/rebuild/", views.index_rebuild, name="index_rebuild"),
    path("jobs/", views.job_list, name="jobs"),
    path("jobs/<str:code>/", views.job_show, name="job"),
    path("jobs/<str:code>/result/", views.job_result, name="job_result"),
    path("jobs/<str:code>/cancel/", views.job_cancel, name="job_cancel"),
]
