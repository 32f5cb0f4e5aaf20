"""The home page: search, entries, and sections that editors arrange."""

from typing import Any

from django.conf import settings
from django.db import models
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

from wagtail.admin.panels import FieldPanel, MultiFieldPanel

from cms.blocks import DoorBlock, SectionsBlock
from cms.fields import StreamField
from cms.market import Market
from cms.pages.articles import NewsPage, PolicyPage
from cms.pages.base import FixedPage

KINDS = {"news": NewsPage, "policies": PolicyPage}
#: More words than this wrap into a cloud that nobody reads.
MOST_WORDS = 8


class HomePage(FixedPage):
    """The home page of one language; the other pages of that language hang under it."""

    hero_title = models.TextField(_("大标题"), max_length=80, help_text=_("换行即分行显示"))
    hero_lead = models.CharField(
        _("导语"), max_length=200, blank=True, help_text=_("成果和需求的数量会自动写在前面")
    )
    popular = models.TextField(_("大家在找"), max_length=300, blank=True, help_text=_("每行一个词"))
    doors = StreamField([("door", DoorBlock())], blank=True, max_num=4, verbose_name=_("入口"))
    sections = StreamField(SectionsBlock(), blank=True, verbose_name=_("小节"))

    template = "cms/pages/home.html"
    parent_page_types = ["wagtailcore.Page"]
    subpage_types = ["cms.NewsIndexPage", "cms.PolicyIndexPage", "cms.StandardPage"]
    max_count = len(settings.LANGUAGES)
    page_description = _("网站首页")
    content_panels = [
        *FixedPage.content_panels,
        MultiFieldPanel(
            [FieldPanel("hero_title"), FieldPanel("hero_lead"), FieldPanel("popular")],
            heading=_("首屏"),
        ),
        FieldPanel("doors"),
        FieldPanel("sections"),
    ]

    class Meta:
        verbose_name = _("首页")

    @property
    def popular_words(self) -> list[str]:
        """The words under the search box."""
        words = [line.strip() for line in self.popular.splitlines()]
        return [word for word in words if word][:MOST_WORDS]

    def newest_articles(self, kind: str, count: int) -> list[Any]:
        """The newest articles of a section, for blocks that stand on this page."""
        return list(KINDS[kind].objects.for_reader().newest_first()[:count])

    def get_context(self, request: HttpRequest, *args: Any, **kwargs: Any) -> dict[str, Any]:
        """With the marketplace's figures, which sections share."""
        context = super().get_context(request, *args, **kwargs)
        # The head of this page has the large search box.
        return context | {"market": Market(), "hide_head_search": True}
