"""News and policies: dated articles under an index page each."""

from typing import Any, ClassVar

from django.conf import settings
from django.core.validators import URLValidator
from django.db import models
from django.http import HttpRequest
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from wagtail.admin.panels import FieldPanel, FieldRowPanel, MultiFieldPanel
from wagtail.models import PageManager, PageQuerySet
from wagtail.search import index

from cms.addresses import address_of
from cms.blocks import BodyBlock, FileBlock
from cms.fields import StreamField
from cms.pages.base import FixedPage, SitePage
from marketplace.kernel import clock
from marketplace.web.views import paginate

PAGE_SIZE = 20


class ArticleQuerySet(PageQuerySet):
    """Which articles a reader is shown."""

    def for_reader(self, language: str = "") -> "ArticleQuerySet":
        """The published articles in a language, and the Chinese ones that it has no version of."""
        language = language or get_language() or settings.LANGUAGE_CODE
        shown = models.Q(locale__language_code=language)
        if language != settings.LANGUAGE_CODE:
            translated = self.model.objects.live().filter(locale__language_code=language)
            shown |= models.Q(locale__language_code=settings.LANGUAGE_CODE) & ~models.Q(
                translation_key__in=translated.values("translation_key")
            )
        return self.live().filter(shown).select_related("locale").defer_streamfields()

    def newest_first(self) -> "ArticleQuerySet":
        """In the order of lists."""
        return self.order_by("-published_at", "-pk")


ArticleManager = PageManager.from_queryset(ArticleQuerySet)


class Article(SitePage):
    """What a news item and a policy have in common."""

    summary = models.CharField(_("摘要"), max_length=300, blank=True)
    published_at = models.DateTimeField(
        _("发布时间"), default=clock.now, validators=[clock.validate_instant]
    )
    body = StreamField(BodyBlock(), blank=True, verbose_name=_("正文"))
    attachments = StreamField([("file", FileBlock())], blank=True, verbose_name=_("附件"))

    objects: ClassVar[Any] = ArticleManager()

    subpage_types: list[str] = []
    search_fields = [
        *SitePage.search_fields,
        index.SearchField("summary"),
        index.SearchField("body"),
    ]

    class Meta:
        abstract = True

    @property
    def teaser(self) -> str:
        """What a list of results says about the page."""
        return self.summary

    @property
    def origin(self) -> str:
        """Who the text comes from, for the page and its meta tags."""
        raise NotImplementedError

    def get_category_display(self) -> str:
        """The label of the category; concrete pages have the field."""
        raise NotImplementedError

    def get_context(self, request: HttpRequest, *args: Any, **kwargs: Any) -> dict[str, Any]:
        """With the index page above, for the crumbs, and the neighbours in time."""
        context = super().get_context(request, *args, **kwargs)
        near = type(self).objects.for_reader().newest_first().exclude(pk=self.pk)
        section = self.get_parent().localized
        return context | {
            "section": section,
            "section_url": address_of(section),
            "others": near[:5],
        }


class NewsCategory(models.TextChoices):
    """What a news item is about."""

    PLATFORM = "platform", _("平台动态")
    CASE = "case", _("案例")
    EVENT = "event", _("活动")
    GUIDE = "guide", _("使用指南")
    INSIGHT = "insight", _("技术解读")
    NOTICE = "notice", _("通知公告")


class NewsPage(Article):
    """A news item with its source."""

    category = models.CharField(
        _("类别"), max_length=12, choices=NewsCategory.choices, default=NewsCategory.PLATFORM
    )
    source = models.CharField(_("来源"), max_length=80, blank=True)

    template = "cms/pages/news.html"
    parent_page_types = ["cms.NewsIndexPage"]
    page_description = _("一条新闻：来源、发布时间、正文和附件")
    content_panels = [
        *SitePage.content_panels,
        FieldPanel("summary"),
        FieldRowPanel(
            [FieldPanel("category"), FieldPanel("published_at"), FieldPanel("source")],
            heading=_("发布信息"),
        ),
        FieldPanel("body"),
        FieldPanel("attachments"),
    ]

    class Meta:
        verbose_name = _("新闻")
        constraints = [
            models.CheckConstraint(
                condition=models.Q(category__in=NewsCategory.values), name="news_category"
            ),
        ]

    @property
    def origin(self) -> str:
        """The source that the editor named."""
        return self.source


class PolicyCategory(models.TextChoices):
    """What a page of the policy section is."""

    DOCUMENT = "document", _("政策文件")
    READING = "reading", _("政策解读")
    GUIDE = "guide", _("办事指南")


class PolicyPage(Article):
    """A policy document, its explanation, or a guide to a procedure."""

    category = models.CharField(
        _("类别"), max_length=12, choices=PolicyCategory.choices, default=PolicyCategory.DOCUMENT
    )
    issuer = models.CharField(_("发文机关"), max_length=80, blank=True)
    number = models.CharField(_("发文字号"), max_length=60, blank=True)
    issued_on = models.DateField(_("成文日期"), null=True, blank=True)
    source_text = models.CharField(_("原文名称"), max_length=120, blank=True)
    source_url = models.URLField(
        _("原文网址"), blank=True, validators=[URLValidator(schemes=["http", "https"])]
    )

    template = "cms/pages/policy.html"
    parent_page_types = ["cms.PolicyIndexPage"]
    page_description = _("政策文件、解读或办事指南：发文机关、文号、日期和原文链接")
    content_panels = [
        *SitePage.content_panels,
        FieldPanel("summary"),
        FieldRowPanel([FieldPanel("category"), FieldPanel("published_at")], heading=_("发布信息")),
        MultiFieldPanel(
            [
                FieldRowPanel(
                    [FieldPanel("issuer"), FieldPanel("number"), FieldPanel("issued_on")]
                ),
                FieldRowPanel([FieldPanel("source_text"), FieldPanel("source_url")]),
            ],
            heading=_("文件信息"),
        ),
        FieldPanel("body"),
        FieldPanel("attachments"),
    ]

    class Meta:
        verbose_name = _("政策")
        constraints = [
            models.CheckConstraint(
                condition=models.Q(category__in=PolicyCategory.values), name="policy_category"
            ),
        ]

    @property
    def origin(self) -> str:
        """The body that issued the document."""
        return self.issuer


class ArticleIndex(FixedPage):
    """A list of articles, newest first, by category."""

    lead = models.CharField(_("导语"), max_length=200, blank=True)

    article_model: ClassVar[type[Article]]
    category_choices: ClassVar[type[models.TextChoices]]

    parent_page_types = ["cms.HomePage"]
    content_panels = [*FixedPage.content_panels, FieldPanel("lead")]
    search_fields = [*SitePage.search_fields, index.SearchField("lead")]

    class Meta:
        abstract = True

    def get_context(self, request: HttpRequest, *args: Any, **kwargs: Any) -> dict[str, Any]:
        """With one page of articles and the categories that there are."""
        context = super().get_context(request, *args, **kwargs)
        rows = self.article_model.objects.for_reader().newest_first()
        used = set(rows.order_by().values_list("category", flat=True).distinct())
        chosen = request.GET.get("category", "")
        if chosen in used:
            rows = rows.filter(category=chosen)
        return context | {
            "rows": paginate(request, rows, size=PAGE_SIZE),
            "categories": [(c.value, c.label) for c in self.category_choices if c.value in used],
            "chosen": chosen if chosen in used else "",
        }


class NewsIndexPage(ArticleIndex):
    """The news section; its address is `cms:news`."""

    template = "cms/pages/articles.html"
    subpage_types = ["cms.NewsPage"]
    page_description = _("新闻栏目")
    article_model = NewsPage
    category_choices = NewsCategory
    feed_name = "cms:news_feed"

    class Meta:
        verbose_name = _("新闻栏目")


class PolicyIndexPage(ArticleIndex):
    """The policy section; its address is `cms:policies`."""

    template = "cms/pages/articles.html"
    subpage_types = ["cms.PolicyPage"]
    page_description = _("政策栏目")
    article_model = PolicyPage
    category_choices = PolicyCategory
    feed_name = "cms:policies_feed"

    class Meta:
        verbose_name = _("政策栏目")
