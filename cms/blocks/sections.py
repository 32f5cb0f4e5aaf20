"""Sections of the home page: newest listings, industries, news."""

from collections.abc import Hashable
from typing import Any

from django.utils.translation import gettext_lazy as _

from wagtail import blocks

from cms.blocks.links import LinkBlock
from cms.blocks.text import NoticeBlock, TextBlock
from cms.market import Market
from marketplace.listings.kind import kind_named, kinds


def market_of(context: Any) -> Market:
    """The page's own Market, so that sections share its answers; a new one in a block's preview."""
    found = (context or {}).get("market")
    return found if isinstance(found, Market) else Market()


class Kept:
    """A section whose text is kept while the pages and what it shows stay the same.

    Only for blocks that depend on nothing else: rich text, for example, asks for the addresses of
    documents, which may change while the pages do not.
    """

    def shown(self, value: Any, market: Market) -> Hashable:  # noqa: ARG002 -- the market is for others
        """What the text depends on beside pages, language and day; None when it cannot be kept."""
        return ()


def kinds_of_listings() -> list[tuple[str, Any]]:
    """The kinds of listing to choose from; asked for when a form is shown, since apps register them."""
    return [(kind.name, kind.title) for kind in kinds()]


class NewestBlock(blocks.StructBlock):
    """The listings of one kind that were published last."""

    kind = blocks.ChoiceBlock(label=_("信息种类"), choices=kinds_of_listings)
    title = blocks.CharBlock(label=_("标题"), max_length=40)
    count = blocks.IntegerBlock(label=_("显示几条"), min_value=1, max_value=12, default=3)

    class Meta:
        icon = "pick"
        label = _("最新信息")
        template = "cms/blocks/newest.html"
        description = _("最近发布的一种信息，如科技成果、技术需求或科技服务")

    def get_preview_value(self) -> Any:
        """The first kind of listing."""
        kind = kinds()[0]
        return self.to_python({"kind": kind.name, "title": str(kind.title), "count": 3})

    def get_context(self, value: Any, parent_context: Any = None) -> Any:
        """With the listings, how many there are in all, and the templates of their kind."""
        market = market_of(parent_context)
        kind = kind_named(value["kind"])
        context = super().get_context(value, parent_context)
        return context | {
            "kind": kind,
            "rows": market.newest(kind.name, value["count"]),
            "total": market.totals[kind.name],
            "tile": kind.template("tile"),
            "nothing": kind.template("nothing"),
            "list_url": kind.url("list"),
            "new_url": kind.url("new"),
        }


class IndustriesBlock(Kept, blocks.StructBlock):
    """How many listings of each kind there are in each industry, leading to the filtered lists."""

    title = blocks.CharBlock(label=_("标题"), max_length=40)
    note = blocks.CharBlock(label=_("说明"), required=False, max_length=60)

    class Meta:
        icon = "bars"
        label = _("行业分布")
        template = "cms/blocks/industries.html"
        description = _("各行业各类信息的数量，点开即是筛选后的列表")
        preview_value = {"title": "行业分布", "note": ""}

    def shown(self, value: Any, market: Market) -> Hashable:  # noqa: ARG002 -- the same for every value
        """The labels and counts themselves."""
        return tuple(
            (row.label, *(found.count for found in row.counts)) for row in market.industries
        )

    def get_context(self, value: Any, parent_context: Any = None) -> Any:
        """With the counts of each industry."""
        context = super().get_context(value, parent_context)
        return context | {"industries": market_of(parent_context).industries}


class ArticlesBlock(Kept, blocks.StructBlock):
    """The newest articles of one kind; the page they stand on finds them."""

    title = blocks.CharBlock(label=_("标题"), max_length=40)
    kind = blocks.ChoiceBlock(
        label=_("栏目"),
        choices=[("news", _("新闻动态")), ("policies", _("政策法规"))],
        default="news",
    )
    count = blocks.IntegerBlock(label=_("显示几条"), min_value=1, max_value=12, default=5)

    class Meta:
        icon = "doc-full"
        label = _("资讯")
        template = "cms/blocks/articles.html"
        description = _("最近发布的新闻或政策")
        preview_value = {"title": "新闻动态", "kind": "news", "count": 5}

    def get_context(self, value: Any, parent_context: Any = None) -> Any:
        """With the articles."""
        context = super().get_context(value, parent_context)
        find = getattr((parent_context or {}).get("page"), "newest_articles", None)
        return context | {"rows": find(value["kind"], value["count"]) if find else []}


class HalfBlock(blocks.StreamBlock):
    """What may stand on one side of a pair."""

    industries = IndustriesBlock()
    articles = ArticlesBlock()
    text = TextBlock()

    class Meta:
        max_num = 1
        required = False
        template = "cms/blocks/stream.html"


class PairBlock(Kept, blocks.StructBlock):
    """Two sections side by side, one below the other on a phone."""

    left = HalfBlock(label=_("左"))
    right = HalfBlock(label=_("右"))

    class Meta:
        icon = "grip"
        label = _("两栏并排")
        template = "cms/blocks/pair.html"
        description = _("并排放两个小节，窄屏时上下排列")
        preview_value = {
            "left": [("industries", {"title": "行业分布", "note": ""})],
            "right": [("articles", {"title": "新闻动态", "kind": "news", "count": 5})],
        }

    def shown(self, value: Any, market: Market) -> Hashable:
        """What both sides show."""
        children = [child for half in value.values() for child in half]
        if not all(isinstance(child.block, Kept) for child in children):
            return None
        return tuple(child.block.shown(child.value, market) for child in children)


class SectionsBlock(blocks.StreamBlock):
    """Everything the home page may hold."""

    newest = NewestBlock()
    industries = IndustriesBlock()
    articles = ArticlesBlock()
    pair = PairBlock()
    text = TextBlock()
    notice = NoticeBlock()
    link = LinkBlock()

    class Meta:
        template = "cms/blocks/stream.html"
