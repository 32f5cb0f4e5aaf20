"""A feed of the tenders, the newest first, for readers outside."""

from datetime import datetime
from typing import Any

from django.contrib.syndication.views import Feed
from django.urls import reverse
from django.utils.feedgenerator import Atom1Feed
from django.utils.translation import gettext as _

from marketplace.tenders import queries
from marketplace.tenders.models import Tender

MOST = 50


class TenderFeed(Feed[Any, Tender]):
    """The newest tenders as Atom: title, summary, deadline. It counts no bids and names no bidder."""

    feed_type = Atom1Feed

    def title(self) -> str:
        """The name of the feed."""
        return _("揭榜征集")

    def subtitle(self) -> str:
        """What is in it."""
        return _("企业公开征集、揭榜挂帅和招标，新公告在前")

    def link(self) -> str:
        """The page that shows the same."""
        return reverse("tenders:list")

    def items(self) -> list[Tender]:
        """The newest."""
        return list(queries.published()[:MOST])

    def item_title(self, item: Tender) -> str:
        """The name of the tender."""
        return item.title

    def item_description(self, item: Tender) -> str:
        """Summary and deadline; the deadline of what is suspended is not known yet."""
        if item.stands_still:
            return _("%(summary)s（已暂停，恢复后截止时间顺延）") % {"summary": item.summary}
        return _("%(summary)s（%(deadline)s 截止）") % {
            "summary": item.summary,
            "deadline": item.deadline_words,
        }

    def item_link(self, item: Tender) -> str:
        """The page of the tender."""
        return reverse("tenders:detail", args=[item.code])

    def item_pubdate(self, item: Tender) -> datetime | None:
        """When it was published."""
        return item.published_at

    def item_updateddate(self, item: Tender) -> datetime:
        """When it last changed."""
        return item.updated_at
