"""What every page asks of the editorial part, read once for each change of it.

Which pages there are and where, their translations, the menus, the redirects: some twenty queries for
every page of the site, while editors change any of it a few times a day. A stamp in the database becomes
another one in the transaction of each change. A page asks for the stamp (one query); the rest comes from
the memory of the process while the stamp is the same. So what was withdrawn is gone with the commit.
"""

import uuid
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any, TypeVar

from django.contrib.contenttypes.models import ContentType
from django.db import models
from django.http import HttpRequest

from wagtail.contrib.redirects.models import Redirect
from wagtail.documents.models import AbstractDocument
from wagtail.images.models import AbstractImage
from wagtail.models import Page, Site

T = TypeVar("T")


class TreeStamp(models.Model):
    """One row. `stamp` is another one after each change of pages, menus, sites, redirects, images, documents."""

    stamp = models.UUIDField(default=uuid.uuid4)

    def __str__(self) -> str:
        return str(self.stamp)


def ensure() -> None:
    """A site that was made before there was a stamp gets one."""
    if not TreeStamp.objects.exists():
        TreeStamp.objects.create()


def renew() -> None:
    """Something has changed; called in the transaction of the change."""
    if not TreeStamp.objects.update(stamp=uuid.uuid4()):
        TreeStamp.objects.create()


@dataclass(frozen=True)
class Place:
    """Where a published page stands: its language and its path within it, as in `news/opening/`."""

    pk: int
    type_id: int
    language: str
    path: str
    key: uuid.UUID

    def page(self) -> Any:
        """The page itself with its language, or None when it was taken down a moment ago; one query."""
        model: Any = ContentType.objects.get_for_id(self.type_id).model_class()
        pages = model._default_manager.filter(pk=self.pk, live=True)  # noqa: SLF001 -- documented
        return pages.select_related("locale").first()


@dataclass(frozen=True)
class SiteTree:
    """The state of the editorial part at one stamp."""

    stamp: uuid.UUID | None
    places: dict[tuple[str, str], Place]
    translations: dict[uuid.UUID, dict[str, Place]]
    redirects: frozenset[str]
    _kept: dict[Any, Any] = field(default_factory=dict)

    def keep(self, name: Any, make: Callable[[], T]) -> T:
        """What `make` returns, made once for this state."""
        if name not in self._kept:
            self._kept[name] = make()
        found: T = self._kept[name]
        return found


def _read(stamp: uuid.UUID | None) -> SiteTree:
    site = Site.objects.filter(is_default_site=True).select_related("root_page").first()
    places: list[Place] = []
    if site is not None:
        homes = Page.objects.filter(translation_key=site.root_page.translation_key)
        under = models.Q(pk__in=[])
        for path in homes.values_list("path", flat=True):
            under |= models.Q(path__startswith=path)
        columns = ("pk", "content_type_id", "locale__language_code", "url_path", "translation_key")
        places = [
            # The first part of an address is the home page of the language.
            Place(pk, type_id, language, url_path.split("/", 2)[2], key)
            for pk, type_id, language, url_path, key in Page.objects.live()
            .filter(under)
            .values_list(*columns)
        ]
    translations: dict[uuid.UUID, dict[str, Place]] = {}
    for place in places:
        translations.setdefault(place.key, {})[place.language] = place
    return SiteTree(
        stamp,
        {(place.language, place.path): place for place in places},
        translations,
        frozenset(Redirect.objects.values_list("old_path", flat=True)),
    )


@dataclass
class _Memory:
    tree: SiteTree | None = None


_memory = _Memory()


def site_tree(request: HttpRequest) -> SiteTree:
    """The state that this request sees; one query, once for a request."""
    known: SiteTree | None = getattr(request, "site_tree", None)
    if known is None:
        known = request.site_tree = _current()  # type: ignore[attr-defined]
    return known


def _current() -> SiteTree:
    stamp = TreeStamp.objects.values_list("stamp", flat=True).first()
    tree = _memory.tree
    if stamp is None or tree is None or tree.stamp != stamp:
        # The stamp was read first: what is read now is at least as new.
        tree = _memory.tree = _read(stamp)
    return tree


def note_change(sender: type[Any], **_kwargs: Any) -> None:
    """Receiver of what Django and Wagtail send when something was saved, deleted or moved."""
    shown = Page | Site | Redirect | AbstractImage | AbstractDocument
    if issubclass(sender, shown) or sender._meta.label == "cms.Navigation":  # noqa: SLF001
        renew()
