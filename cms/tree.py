"""The pages no site can do without, in every language: home, news, policies, help.

Made after each migrate where they are missing, so that an empty site has a home page. What an editor
has changed is never touched.
"""

import json
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from django.conf import settings
from django.core.management import call_command
from django.db import connections, transaction

from wagtail.models import Locale, Page, Site

from cms.editors import ensure_group
from cms.models import HomePage, NewsIndexPage, PolicyIndexPage, StandardPage
from cms.site_tree import ensure
from marketplace.kernel import clock

SEED = Path(__file__).parent / "seeds" / "start.json"
#: Tables that making a page writes to; a partial migrate may not have them yet.
TABLES = frozenset(
    {
        "cms_homepage",
        "cms_treestamp",
        "wagtailsearch_indexentry",
        "wagtailcore_referenceindex",
        "journal_entry",
    }
)


def ensure_after_migrate(using: str, **_kwargs: Any) -> None:
    """Receiver of post_migrate."""
    connection = connections[using]
    if not set(connection.introspection.table_names()) >= TABLES:
        return
    # Wagtail keeps addresses in the cache, whose table no migration makes.
    call_command("createcachetable", database=using, verbosity=0)
    with transaction.atomic(using=using):
        ensure_tree()
        ensure_group()
        ensure()


def ensure_tree() -> HomePage:
    """Make what is missing; returns the Chinese home page. Idempotent, and cheap when all is there."""
    seed = json.loads(SEED.read_text(encoding="utf-8"))
    root = _root()
    first: HomePage | None = None
    for code, _name in settings.LANGUAGES:
        locale, _made = Locale.objects.get_or_create(language_code=code)
        home = _home(root, locale, seed[code], first)
        first = first or home
        for model, name in ((NewsIndexPage, "news"), (PolicyIndexPage, "policies")):
            _index(home, model, name, seed[code][name], first)
    if first is None:
        raise LookupError("no language")
    _site(first)
    return first


def _root() -> Page:
    root: Page | None = Page.get_first_root_node()
    if root is not None:
        return root
    locale, _made = Locale.objects.get_or_create(language_code=settings.LANGUAGE_CODE)
    made: Page = Page.add_root(title="Root", slug="root", locale=locale)
    return made


def _home(root: Page, locale: Locale, seed: dict[str, Any], first: HomePage | None) -> HomePage:
    found: HomePage | None = HomePage.objects.child_of(root).filter(locale=locale).first()
    if found is not None:
        return found
    # The page Wagtail comes with has no type of ours; its site goes with it and is made anew.
    Page.objects.child_of(root).exact_type(Page).filter(slug="home").delete()
    root = Page.objects.get(pk=root.pk)
    slug = "home" if first is None else f"home-{locale.language_code}"
    made: HomePage = _add(root, HomePage, locale, first, slug=slug, **seed["home"])
    _help(made, seed["help"], first)
    return made


def _index(
    home: HomePage, model: type[Any], slug: str, seed: dict[str, Any], first: HomePage
) -> None:
    if not model.objects.child_of(home).exists():
        twin = model.objects.child_of(first).first() if home.pk != first.pk else None
        _add(home, model, home.locale, twin, slug=slug, **seed)


def _help(home: HomePage, seed: dict[str, Any], first: HomePage | None) -> None:
    """The help pages are made with the home page only: editors may do without them later."""
    for slug, values in seed.items():
        twin = first and StandardPage.objects.child_of(first).filter(slug=slug).first()
        _add(home, StandardPage, home.locale, twin, slug=slug, **values)


def _add(parent: Page, model: type[Any], locale: Locale, twin: Any, **values: Any) -> Any:
    now = clock.now()
    if twin is not None:
        values["translation_key"] = twin.translation_key
    for name in ("body", "doors", "sections"):
        if name in values:
            values[name] = json.dumps(values[name], ensure_ascii=False)
    page = model(locale=locale, first_published_at=now, last_published_at=now, live=False, **values)
    parent.add_child(instance=page)
    # Nobody has published it: that is no fact for the journal, and the first index is built later.
    model.objects.filter(pk=page.pk).update(live=True)
    page.live = True
    return page


def _site(home: HomePage) -> None:
    if not Site.objects.filter(is_default_site=True).exists():
        address = urlsplit(settings.SITE_URL)
        port = address.port or (443 if address.scheme == "https" else 80)
        Site.objects.create(
            hostname=address.hostname or "localhost",
            port=port,
            root_page=home,
            is_default_site=True,
            site_name=settings.SITE_NAME,
        )
    Site.clear_site_root_paths_cache()
