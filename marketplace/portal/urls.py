"""The public shell: mounts the public pages of each slice and its own.

A slice's workbench pages are mounted here too, under `workbench/`: a URL namespace can be mounted
only once, and a slice has one.
"""

from types import ModuleType

from django.urls import URLResolver, include, path

from marketplace.achievements import urls as achievements
from marketplace.files import urls as files
from marketplace.matching import urls as matching
from marketplace.needs import urls as needs
from marketplace.notices import urls as notices
from marketplace.parties import urls as parties
from marketplace.portal import views
from marketplace.taxonomy import urls as taxonomy


def mount(namespace: str, module: ModuleType) -> URLResolver:
    """The public and the workbench pages of one slice under its namespace."""
    public = getattr(module, "public", [])
    workbench = getattr(module, "workbench", [])
    return path("", include(([*public, path("workbench/", include(workbench))], namespace)))


own = [
    path("search/", views.search_all, name="search"),
    path("search/suggest/", views.suggest, name="suggest"),
    path("help/accessibility/", views.accessibility, name="accessibility"),
    path("sitemap/", views.site_map, name="sitemap"),
]

urlpatterns = [
    path("", include((own, "portal"))),
    mount("needs", needs),
    mount("achievements", achievements),
    mount("matching", matching),
    mount("parties", parties),
    mount("notices", notices),
    mount("files", files),
    mount("taxonomy", taxonomy),
]
