"""Pages without a date: about, help, a guide for each role."""

from typing import Any

from django.db import models
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

from wagtail.admin.panels import FieldPanel
from wagtail.models import Page, PagePermissionTester
from wagtail.search import index

from cms.blocks import BodyBlock
from cms.fields import StreamField
from cms.pages.base import FixedTester, SitePage


class StandardPage(SitePage):
    """A heading, a lead and a body; pages below it are listed."""

    lead = models.CharField(_("导语"), max_length=300, blank=True)
    body = StreamField(BodyBlock(), blank=True, verbose_name=_("正文"))

    template = "cms/pages/standard.html"
    parent_page_types = ["cms.HomePage", "cms.StandardPage"]
    subpage_types = ["cms.StandardPage"]
    page_description = _("关于、帮助、指南等没有日期的页面，可以有下级页面")
    content_panels = [*SitePage.content_panels, FieldPanel("lead"), FieldPanel("body")]
    search_fields = [
        *SitePage.search_fields,
        index.SearchField("lead"),
        index.SearchField("body"),
    ]

    class Meta:
        verbose_name = _("普通页面")

    @property
    def teaser(self) -> str:
        """What a list of results says about the page."""
        return self.lead

    def permissions_for_user(self, user: Any) -> PagePermissionTester:
        """As elsewhere, but the help page, which menus and empty lists lead to, stays."""
        is_help = self.slug == "help" and self.depth == 3
        return (FixedTester if is_help else PagePermissionTester)(user, self)

    def get_context(self, request: HttpRequest, *args: Any, **kwargs: Any) -> dict[str, Any]:
        """With the pages above and below."""
        context = super().get_context(request, *args, **kwargs)
        above = Page.objects.ancestor_of(self).filter(depth__gt=2).order_by("depth")
        below = StandardPage.objects.child_of(self).live().order_by("path").defer_streamfields()
        return context | {"above": list(above), "below": list(below)}
