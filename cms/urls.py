"""Addresses of pages in the reader's language. Last of all, every path may be a page."""

from django.urls import path, re_path
from django.views.decorators.http import require_safe

from wagtail.urls import serve_pattern

from cms import feeds, views

app_name = "cms"

urlpatterns = [
    path("", views.home, name="home"),
    path("news/", views.serve_page, {"path": "news/"}, name="news"),
    path("news/feed/", require_safe(feeds.NewsFeed()), name="news_feed"),
    path("news/search/", views.search_articles, name="search"),
    path("policies/", views.serve_page, {"path": "policies/"}, name="policies"),
    path("policies/feed/", require_safe(feeds.PolicyFeed()), name="policies_feed"),
    path("help/", views.serve_page, {"path": "help/"}, name="help"),
    path("_util/login/", views.to_sign_in),
    path("_util/authenticate_with_password/<path:rest>", views.shut),
    re_path(serve_pattern, views.serve_page, name="page"),
]
