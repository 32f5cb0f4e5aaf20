"""The least that Django needs for a list: what `startproject` sets up, one list view, one template.

The rows are those of the product's list of achievements; title, summary, owner and day are shown.
"""

from pathlib import Path
from typing import Any

from django.conf import settings
from django.contrib.auth.models import AnonymousUser
from django.core.handlers.wsgi import WSGIHandler
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.template.backends.django import DjangoTemplates
from django.test import override_settings
from django.urls import path

from marketplace.achievements import queries

#: What `django-admin startproject` writes.
MIDDLEWARE = [
    "django.middleware.security.SecurityMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
]
PAGE_SIZE = 20

_templates = DjangoTemplates(
    {
        "NAME": "bare",
        "DIRS": [Path(__file__).parent / "templates"],
        "APP_DIRS": False,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
            ],
        },
    }
)


def bare_list(request: HttpRequest) -> HttpResponse:
    """The newest achievements, a page of them."""
    rows = queries.visible_to(AnonymousUser()).order_by("-published_at", "-id")
    page = Paginator(rows, PAGE_SIZE).get_page(request.GET.get("page"))
    template = _templates.get_template("bare_list.html")
    return HttpResponse(template.render({"page": page}, request))


def bare_row(_request: HttpRequest, code: str) -> HttpResponse:
    """Where a row's link leads to; never opened."""
    return HttpResponse(code)


urlpatterns = [
    path("achievements/", bare_list, name="bare-list"),
    path("achievements/<str:code>/", bare_row, name="bare-row"),
]


class _OwnAddresses:
    """Resolves every request by the addresses of this module."""

    def __init__(self, get_response: Any) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> Any:
        request.urlconf = __name__
        return self.get_response(request)


def application() -> WSGIHandler:
    """The bare site."""
    own = f"{__name__}.{_OwnAddresses.__qualname__}"
    with override_settings(MIDDLEWARE=[own, *MIDDLEWARE]):
        assert settings.DEBUG is False
        return WSGIHandler()
