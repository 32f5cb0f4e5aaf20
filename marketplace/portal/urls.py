"""The public shell: mounts the public pages of each slice and its own.

A slice's workbench pages are mounted here too, under `workbench/`: a URL namespace can be mounted
only once, and a slice has one.
"""

from django.urls import URLResolver, include, path

from marketplace.portal import views
from marketplace.web.slices import Slice, slices


def mount(declared: Slice) -> URLResolver:
    """The public and the workbench pages of one slice under its namespace."""
    workbench = path("workbench/", include(declared.addresses("workbench")))
    return path("", include(([*declared.addresses("public"), workbench], declared.name)))


own = [
    path("search/", views.search_all, name="search"),
    path("search/suggest/", views.suggest, name="suggest"),
    path("help/accessibility/", views.accessibility, name="accessibility"),
    path("sitemap/", views.site_map, name="sitemap"),
]

urlpatterns = [
    path("", include((own, "portal"))),
    *(mount(declared) for declared in slices() if declared.urls),
]
