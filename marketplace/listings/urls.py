"""Addresses of one kind of listing, for the `urls` of its slice. The names are the same in each kind."""

from collections.abc import Callable
from functools import partial
from typing import Any

from django.urls import URLPattern, path

from marketplace.listings import api as rest
from marketplace.listings import views
from marketplace.listings.kind import ListingKind


def public(kind: ListingKind) -> list[URLPattern]:
    """The pages for everybody."""
    root, page = f"{kind.name}/", _pages(kind)
    return [
        page(root, views.list_listings, "list"),
        page(f"{root}export/", views.export_listings, "export"),
        page(f"{root}<str:code>/", views.show_listing, "detail"),
        page(f"orgs/<str:code>/{root}", views.list_of_organization, "of_organization"),
        page(f"{root}<str:code>/contact/", views.show_contact, "contact"),
    ]


def workbench(kind: ListingKind) -> list[URLPattern]:
    """The pages for authors and reviewers."""
    root, page = f"{kind.name}/", _pages(kind)
    imports = [
        page(f"{root}import/", views.import_new, "import"),
        page(f"{root}import/template/", views.import_template, "import_template"),
        page(f"{root}import/<str:code>/", views.import_show, "import_show"),
        page(f"{root}import/<str:code>/problems/", views.import_problems, "import_problems"),
    ]
    return [
        *(imports if kind.import_gate else ()),
        page(root, views.own_listings, "own"),
        page(f"{root}export/", views.export_own, "export_own"),
        page(f"{root}new/", views.new_listing, "new"),
        page(f"{root}<str:code>/", views.manage_listing, "manage"),
        page(f"{root}<str:code>/edit/check/", views.check_listing, "check"),
        page(f"{root}<str:code>/edit/<slug:step>/", views.edit_listing, "edit"),
        page(f"{root}<str:code>/act/<slug:name>/", views.act_on_listing, "act"),
        page(f"review/{root}<str:code>/", views.review_listing, "review"),
    ]


def api(kind: ListingKind) -> list[URLPattern]:
    """The addresses under /api/v1/."""
    root, noun = f"{kind.name}/", kind.noun
    collection, item, submission = (view.as_view() for view in rest.views_of(kind))
    return [
        path(root, collection, name=f"{noun}_list"),
        path(f"{root}<str:code>/", item, name=f"{noun}_detail"),
        path(f"{root}<str:code>/submit/", submission, name=f"{noun}_submit"),
    ]


def _pages(kind: ListingKind) -> Callable[[str, Any, str], URLPattern]:
    return lambda route, view, name: path(route, partial(view, kind=kind), name=name)
