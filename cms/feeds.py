"""Atom feeds of news and policies in the reader's language."""

from datetime import datetime
from typing import Any, ClassVar

from django.conf import settings
from django.contrib.syndication.views import Feed
from django.urls import reverse
from django.utils.feedgenerator import Atom1Feed
from django.utils.translation import get_language, gettext
from django.utils.translation import gettext_lazy as _

from cms.models import NewsPage, PolicyPage
from marketplace.web.templatetags.web import html_lang

NEWEST = 30


class LanguageFeed(Atom1Feed):
    """Atom that names the language as BCP 47 does."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **{**kwargs, "language": html_lang(get_language() or "")})


class ArticleFeed(Feed):
    """The newest articles of one section."""

    feed_type = LanguageFeed
    model: ClassVar[type[Any]]
    section: ClassVar[str]
    label: ClassVar[Any]

    def title(self) -> str:
        """The section and the site."""
        return f"{self.label} - {gettext(settings.SITE_NAME)}"

    def link(self) -> str:
        """The section's page."""
        return reverse(self.section)

    def feed_url(self) -> str:
        """The feed's own address, without whatever query it was asked with."""
        return reverse(f"{self.section}_feed")

    def items(self) -> list[Any]:
        """The newest articles; one query."""
        return list(self.model.objects.for_reader().newest_first()[:NEWEST])

    def item_title(self, item: Any) -> str:
        """The headline."""
        return str(item.title)

    def item_description(self, item: Any) -> str:
        """The summary."""
        return str(item.summary)

    def item_link(self, item: Any) -> str:
        """The article in the reader's language."""
        return str(item.address)

    def item_guid(self, item: Any) -> str:
        """The same in every version of the feed and for ever."""
        return f"urn:uuid:{item.translation_key}"

    def item_pubdate(self, item: Any) -> datetime:
        """When it was published."""
        published: datetime = item.published_at
        return published

    def item_updateddate(self, item: Any) -> datetime:
        """When its text last changed."""
        changed: datetime = item.last_published_at or item.published_at
        return changed

    def item_author_name(self, item: Any) -> str:
        """Where it comes from."""
        return item.origin or gettext(settings.SITE_NAME)

    def item_categories(self, item: Any) -> list[str]:
        """Its category."""
        return [str(item.get_category_display())]


class NewsFeed(ArticleFeed):
    """News."""

    model = NewsPage
    section = "cms:news"
    label = _("新闻动态")


class PolicyFeed(ArticleFeed):
    """Policies."""

    model = PolicyPage
    section = "cms:policies"
    label = _("政策法规")
