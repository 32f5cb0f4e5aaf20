"""Addresses that have no language: robots.txt and the sitemap for search engines."""

from django.urls import path

from marketplace.portal import views

urlpatterns = [
    path("robots.txt", views.robots, name="robots"),
    path("sitemap.xml", views.sitemap_index, name="sitemap_index"),
    path("sitemap-<slug:section>-<int:page>.xml", views.sitemap_section, name="sitemap_section"),
]
