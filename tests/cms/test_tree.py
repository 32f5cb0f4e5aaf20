"""The pages no site can do without; samples come and go; what an editor changed stays."""

from django.core.management import call_command
from django.test import Client

from wagtail.models import Locale, Page, Site

import pytest

from cms import samples, tree
from cms.models import HomePage, NewsIndexPage, NewsPage, PolicyIndexPage, PolicyPage, StandardPage
from tests.factories.cms import make_page

pytestmark = pytest.mark.django_db


def everything() -> list[tuple[str, str, str]]:
    rows = Page.objects.order_by("path").values_list("url_path", "title", "path")
    return list(rows)


def test_an_empty_site_has_its_pages_in_both_languages(client: Client) -> None:
    assert [locale.language_code for locale in Locale.objects.order_by("pk")] == ["zh-hans", "en"]
    for model in (HomePage, NewsIndexPage, PolicyIndexPage):
        pages = model.objects.order_by("path").select_related("locale")
        assert [page.locale.language_code for page in pages] == ["zh-hans", "en"]
        assert len({page.translation_key for page in pages}) == 1
    assert Site.objects.get().root_page.specific == HomePage.objects.get(slug="home")
    for path in ("/", "/en/", "/news/", "/en/news/", "/policies/", "/help/", "/en/about/"):
        assert client.get(path).status_code == 200, path


def test_making_the_tree_again_changes_nothing() -> None:
    before = everything()
    tree.ensure_tree()
    tree.ensure_after_migrate(using="default")
    assert everything() == before
    assert Site.objects.count() == 1


def test_what_an_editor_changed_or_removed_stays_so() -> None:
    home = HomePage.objects.get(slug="home")
    home.hero_title = "改过的标题"
    home.save_revision().publish()
    StandardPage.objects.get(slug="about", locale=home.locale).delete()
    tree.ensure_tree()
    assert HomePage.objects.get(slug="home").hero_title == "改过的标题"
    assert not StandardPage.objects.filter(slug="about", locale=home.locale).exists()


def test_a_flushed_database_gets_its_tree_again() -> None:
    Page.objects.all().delete()
    Site.objects.all().delete()
    Locale.objects.all().delete()
    tree.ensure_tree()
    assert HomePage.objects.count() == 2
    assert Site.objects.get().is_default_site


def test_samples_load_once_and_leave_without_a_trace() -> None:
    before = everything()
    made = samples.load()
    assert made == NewsPage.objects.count() + PolicyPage.objects.count() + 8
    assert NewsPage.objects.filter(locale__language_code="zh-hans").count() == 8
    assert PolicyPage.objects.filter(locale__language_code="en").count() == 4
    assert set(NewsPage.objects.values_list("is_sample", flat=True)) == {True}
    assert HomePage.objects.get(slug="home").popular_words[0] == "晶界扩散"
    assert samples.load() == 0
    call_command("load_cms_samples", "--remove", verbosity=0)
    assert everything() == before
    assert HomePage.objects.get(slug="home").popular == ""


def test_samples_never_touch_what_an_editor_wrote() -> None:
    samples.load()
    page = NewsPage.objects.get(slug="news-open", locale__language_code="zh-hans")
    page.title, page.is_sample = "正式开通", False
    page.save_revision().publish()
    home = HomePage.objects.get(slug="home")
    home.popular = "自己的词"
    home.save()
    own = make_page(slug="own", title="自己写的")
    samples.load()
    samples.remove()
    assert NewsPage.objects.get(pk=page.pk).title == "正式开通"
    assert HomePage.objects.get(pk=home.pk).popular == "自己的词"
    assert set(NewsPage.objects.all()) == {page, own}
