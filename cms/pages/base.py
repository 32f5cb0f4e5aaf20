"""What every page type shares: language, samples, addresses."""

from http import HTTPMethod
from typing import Any

from django.conf import settings
from django.db import models
from django.http import HttpRequest
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from wagtail.admin.panels import FieldPanel, MultiFieldPanel, PublishingPanel
from wagtail.models import Page, PagePermissionTester, PageViewRestriction

from cms.addresses import address_of, full_address, full_address_of
from cms.site_tree import SiteTree, site_tree
from marketplace.web.templatetags.web import html_lang

SAMPLE_HELP = _("移除示例数据时会一并删除；改成正式内容后请取消勾选")


class SitePage(Page):
    """A page of the site. Search engines and the reader's language are dealt with here, once."""

    is_sample = models.BooleanField(_("示例内容"), default=False, help_text=SAMPLE_HELP)

    #: Nothing on this site stands behind a password that is passed round.
    private_page_options: list[str] = []
    allowed_http_methods = [HTTPMethod.GET, HTTPMethod.HEAD, HTTPMethod.OPTIONS]
    show_in_menus_default = False

    promote_panels = [
        MultiFieldPanel(
            [FieldPanel("slug"), FieldPanel("seo_title"), FieldPanel("search_description")],
            heading=_("网址与搜索引擎"),
        ),
    ]
    settings_panels = [PublishingPanel(), FieldPanel("is_sample")]

    class Meta:
        abstract = True

    @property
    def address(self) -> str:
        """The path of this page for a reader of the active language."""
        return address_of(self)

    @property
    def html_lang(self) -> str:
        """The language that the page's text is written in, for the `lang` attribute."""
        return html_lang(self.locale.language_code)

    @property
    def is_foreign(self) -> bool:
        """Whether the reader asked for another language than the one the text is in."""
        return bool(self.locale.language_code != get_language())

    def alternates(self, tree: SiteTree) -> dict[str, Any]:
        """The canonical address and the same page in each language it is published in."""
        by_code = {
            code: full_address(place.path, code)
            for code, place in tree.translations.get(self.translation_key, {}).items()
        }
        languages = [
            {"lang": html_lang(code), "url": by_code[code]}
            for code, _name in settings.LANGUAGES
            if code in by_code
        ]
        return {
            "canonical": full_address_of(self),
            "languages": languages if len(languages) > 1 else [],
        }

    def get_context(self, request: HttpRequest, *args: Any, **kwargs: Any) -> dict[str, Any]:
        """Wagtail's context with the addresses in each language."""
        context: dict[str, Any] = super().get_context(request, *args, **kwargs)
        return context | {"alternates": self.alternates(site_tree(request))}

    def get_view_restrictions(self) -> Any:
        """None, as `private_page_options` says; Wagtail would ask for those of every page above."""
        return PageViewRestriction.objects.none()


class FixedTester(PagePermissionTester):
    """The rights on a page that the site can't do without: edit it, but leave it where it is."""

    def can_delete(self, ignore_bulk: bool = False) -> bool:  # noqa: ARG002 -- Wagtail names it
        """Never."""
        return False

    def can_unpublish(self) -> bool:
        """Never."""
        return False

    def can_move(self) -> bool:
        """Never."""
        return False


class FixedPage(SitePage):
    """A page whose address is known to the product, so it has no slug to edit."""

    # Wagtail's own title panel fills in a slug, and fails where there is no such field.
    content_panels = [FieldPanel("title", classname="title")]
    promote_panels = [
        MultiFieldPanel(
            [FieldPanel("seo_title"), FieldPanel("search_description")], heading=_("搜索引擎")
        ),
    ]

    class Meta:
        abstract = True

    def permissions_for_user(self, user: Any) -> PagePermissionTester:
        """As elsewhere, but the page can't be removed, moved or taken down."""
        return FixedTester(user, self)
