"""Facts about pages. `document` is the name under which the search index knows the page."""

from dataclasses import dataclass

from django.utils.translation import gettext_lazy as _

from marketplace.kernel.events import Event

PAGE = "cms.page"


@dataclass(frozen=True, kw_only=True)
class ArticlePublished(Event):
    """A page was published, or a new version of it."""

    subject_kind = PAGE
    label = _("页面发布")
    document: str = ""


@dataclass(frozen=True, kw_only=True)
class ArticleWithdrawn(Event):
    """A page was taken down or deleted."""

    subject_kind = PAGE
    label = _("页面撤下")
    document: str = ""
