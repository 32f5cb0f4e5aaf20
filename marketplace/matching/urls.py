"""Addresses of matching: `public` and `workbench` are mounted by the portal, `api` by the API."""

from django.urls import path

from marketplace.matching import views
from marketplace.matching.api import AchievementMatches, NeedMatches

app_name = "matching"

public = [
    path("match/", views.describe_problem, name="describe"),
    path("needs/<str:code>/matches/", views.for_need, name="for_need"),
    path("achievements/<str:code>/matches/", views.for_achievement, name="for_achievement"),
]

workbench = [
    path("matches/", views.own_matches, name="own"),
    path("matches/<str:code>/mark/", views.mark_match, name="mark"),
    path("needs/<str:code>/preview-matches/", views.preview_need, name="preview_need"),
    path(
        "achievements/<str:code>/preview-matches/",
        views.preview_achievement,
        name="preview_achievement",
    ),
]

api = [
    path("needs/<str:code>/matches/", NeedMatches.as_view(), name="need_matches"),
    path(
        "achievements/<str:code>/matches/",
        AchievementMatches.as_view(),
        name="achievement_matches",
    ),
]
