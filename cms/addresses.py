"""Where a page is found in the reader's language, worked out from the row alone.

The tree of each language hangs under its own home page, below Wagtail's root. So what follows the
first part of `url_path` is the address within a language, and a page without a translation is shown
at the same place in the other language.
"""

from typing import Any

from django.conf import settings
from django.urls import reverse
from django.utils import translation


def path_of(page: Any) -> str:
    """The page's path within its language, without the leading slash: `news/opening/`."""
    return str(page.url_path).split("/", 2)[2]


def address_of(page: Any) -> str:
    """The path of the page for a reader of the active language."""
    return reverse("wagtail_serve", args=[path_of(page)])


def full_address_of(page: Any) -> str:
    """The page's own address, in its own language, with scheme and host."""
    return full_address(path_of(page), page.locale.language_code)


def full_address(path: str, language: str) -> str:
    """The address with scheme and host of what stands at this path in this language."""
    with translation.override(language):
        return settings.SITE_URL.rstrip("/") + reverse("wagtail_serve", args=[path])
