"""Everything of the editorial part that Django keeps a table for."""

from cms.article_revisions import ArticleCount
from cms.navigation import Navigation
from cms.pages.articles import NewsIndexPage, NewsPage, PolicyIndexPage, PolicyPage
from cms.pages.home import HomePage
from cms.pages.standard import StandardPage
from cms.site_tree import TreeStamp

__all__ = [
    "ArticleCount",
    "HomePage",
    "Navigation",
    "NewsIndexPage",
    "NewsPage",
    "PolicyIndexPage",
    "PolicyPage",
    "StandardPage",
    "TreeStamp",
]
