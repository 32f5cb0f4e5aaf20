"""Addresses of results and of the work after an award."""

from django.urls import path

from marketplace.awards import api as rest
from marketplace.awards import views

public = [path("results/<str:code>/", views.detail, name="detail")]

workbench = [
    path("results/", views.own, name="own"),
    path("results/<str:code>/", views.manage, name="manage"),
    path("results/<str:code>/decline/", views.decline, name="decline"),
    path("results/<str:code>/letters/<str:bid>/", views.letter, name="letter"),
    path("results/<str:code>/letters/<str:bid>/pdf/", views.letter_pdf, name="letter_pdf"),
    path("deliveries/", views.deliveries, name="deliveries"),
    path("deliveries/<str:code>/", views.delivery, name="delivery"),
]

api = [
    path("results/", rest.ResultCollection.as_view(), name="result_list"),
    path("results/<str:code>/", rest.ResultItem.as_view(), name="result_detail"),
    path("results/<str:code>/<slug:move>/", rest.ResultMove.as_view(), name="result_move"),
    path("deliveries/", rest.DeliveryCollection.as_view(), name="delivery_list"),
    path("deliveries/<str:code>/", rest.DeliveryItem.as_view(), name="delivery_detail"),
    path("deliveries/<str:code>/<slug:move>/", rest.DeliveryMove.as_view(), name="delivery_move"),
]
