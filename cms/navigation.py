"""The menus that editors keep; where there are none, the product's own table holds."""

from dataclasses import replace
from typing import Any

from django.db import models
from django.http import HttpRequest
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from wagtail.admin.panels import FieldPanel
from wagtail.models import TranslatableMixin

from cms.blocks import ColumnBlock, LinkBlock
from cms.fields import StreamField
from cms.site_tree import site_tree
from marketplace.web.navigation import Link


class Navigation(TranslatableMixin, models.Model):
    """Header and footer of one language. An empty part means the product's own."""

    header = StreamField([("link", LinkBlock())], blank=True, verbose_name=_("页头导航"))
    footer = StreamField([("column", ColumnBlock())], blank=True, verbose_name=_("页脚栏目"))

    panels = [FieldPanel("header"), FieldPanel("footer")]

    class Meta(TranslatableMixin.Meta):
        verbose_name = _("导航")
        verbose_name_plural = _("导航")
        constraints = [models.UniqueConstraint(fields=["locale"], name="navigation_per_language")]

    def __str__(self) -> str:
        return str(_("导航（%(language)s）") % {"language": self.locale})


def navigation_of(language: str) -> Navigation | None:
    """The menus of a language; None where editors have made none."""
    return Navigation.objects.filter(locale__language_code=language).first()


def menus(request: HttpRequest) -> dict[str, Any]:
    """The parts that editors have filled in, as `web/base.html` wants them."""
    language = get_language() or ""
    made = site_tree(request).keep(("menus", language), lambda: _menus(language))
    here = [replace(link, current=_is_here(request.path, link.url)) for link in made["navigation"]]
    return {**made, "navigation": here}


def _menus(language: str) -> dict[str, Any]:
    made = navigation_of(language)
    if made is None:
        return {"navigation": [], "footer_columns": []}
    return {
        "navigation": [
            Link(block.value["label"], url) for block in made.header if (url := block.value.address)
        ],
        "footer_columns": [
            {
                "title": block.value["title"],
                "links": [
                    Link(link["label"], url)
                    for link in block.value["links"]
                    if (url := link.address)
                ],
            }
            for block in made.footer
        ],
    }


def _is_here(path: str, url: str) -> bool:
    """Whether a menu entry is the section that the reader is in; the home page is only itself."""
    return path == url or (url.strip("/") not in {"", "en"} and path.startswith(url))
