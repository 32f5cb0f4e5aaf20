"""The page, its fact in the journal and its revision are one: all are kept, or none."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

from django.db import transaction
from django.test import Client
from django.utils import timezone

from wagtail.actions.unpublish_page import UnpublishPageAction
from wagtail.models import Page

import pytest

from cms import handlers, index, queries, tasks
from cms.events import PAGE
from cms.models import ArticleCount, NewsPage, StandardPage
from marketplace.journal.models import Entry
from marketplace.kernel import clock
from search import engine
from search.plan import row_of
from search.query import Query
from tests.cast import Cast
from tests.factories.cms import make_page

pytestmark = pytest.mark.django_db
Drain = Callable[[], int]


def facts(page: Any) -> list[str]:
    """What the journal says about a page, oldest first."""
    rows = Entry.objects.filter(subject_kind=PAGE, subject_id=page.pk).order_by("pk")
    return list(rows.values_list("event", flat=True))


def rev_of(page: Any) -> int:
    ((_name, rev, _document),) = index.rows([queries.document_of(page)])
    return rev


def hits(text: str) -> list[str]:
    return [hit.id for hit in engine.find("articles", Query(text)).hits]


def refuse(*_args: Any, **_kwargs: Any) -> None:
    raise RuntimeError("the journal can't be written")


def publish_again(page: Any) -> None:
    page.title = "改过的标题"
    page.save_revision().publish()


def expire(page: Any) -> None:
    Page.objects.filter(pk=page.pk).update(expire_at=clock.now() - timedelta(minutes=1))
    tasks.publish_scheduled()


def delete(page: Any) -> None:
    page.delete()


def unpublish(page: Any) -> None:
    page.unpublish()


def unpublish_untyped(page: Any) -> None:
    UnpublishPageAction(Page.objects.get(pk=page.pk)).execute(skip_permission_checks=True)


ACTS = {
    publish_again: "ArticlePublished",
    unpublish: "ArticleWithdrawn",
    unpublish_untyped: "ArticleWithdrawn",
    expire: "ArticleWithdrawn",
    delete: "ArticleWithdrawn",
}


@pytest.mark.parametrize("act", ACTS)
def test_each_act_is_one_fact_and_one_revision(act: Callable[[Any], None]) -> None:
    page = make_page()
    assert (facts(page), rev_of(page)) == (["ArticlePublished"], index.FIRST + 1)
    act(NewsPage.objects.get(pk=page.pk))
    assert (facts(page), rev_of(page)) == (["ArticlePublished", ACTS[act]], index.FIRST + 2)


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("act", ACTS)
def test_without_its_fact_the_page_stays_as_it_was(
    act: Callable[[Any], None], monkeypatch: pytest.MonkeyPatch
) -> None:
    """Really committed or not: there is no transaction around the act but its own."""
    page = make_page(title="原来的标题")
    monkeypatch.setattr(handlers, "publish", refuse)
    with pytest.raises(RuntimeError):
        act(NewsPage.objects.get(pk=page.pk))
    stored = NewsPage.objects.get(pk=page.pk)
    assert (stored.live, stored.title) == (True, "原来的标题")
    assert (facts(page), rev_of(page)) == (["ArticlePublished"], index.FIRST + 1)


@pytest.mark.django_db(transaction=True)
def test_a_page_that_is_not_committed_leaves_no_fact() -> None:
    page = make_page()
    with pytest.raises(RuntimeError), transaction.atomic():
        page.unpublish()
        refuse()
    assert (facts(page), rev_of(page)) == (["ArticlePublished"], index.FIRST + 1)


def test_what_is_published_at_its_time_is_a_fact_too(monkeypatch: pytest.MonkeyPatch) -> None:
    page = make_page(slug="later")
    page.unpublish()
    page.go_live_at = clock.now() + timedelta(hours=1)
    page.save_revision().publish()
    assert facts(page) == ["ArticlePublished", "ArticleWithdrawn"]
    later = timezone.now() + timedelta(hours=2)
    monkeypatch.setattr(timezone, "now", lambda: later)
    tasks.publish_scheduled()
    assert facts(page) == ["ArticlePublished", "ArticleWithdrawn", "ArticlePublished"]
    assert rev_of(page) == index.FIRST + 3


@pytest.mark.parametrize("act", [unpublish, delete])
def test_a_write_that_was_held_back_does_not_bring_it_back(
    drain: Drain, act: Callable[[Any], None]
) -> None:
    engine.rebuild("articles")
    page = make_page(title="晶界扩散讲座")
    drain()
    name = queries.document_of(page)
    held = [row_of(index.ARTICLES, *row) for row in index.rows([name])]
    act(page)
    drain()
    engine.backend().refresh(index.ARTICLES, [name], lambda *_given: held)
    assert hits("晶界扩散") == []


def test_a_write_from_before_the_first_delivery_does_not_either(drain: Drain) -> None:
    """The index has never heard of the page when it goes."""
    engine.rebuild("articles")
    page = make_page(title="晶界扩散讲座")
    name = queries.document_of(page)
    held = [row_of(index.ARTICLES, *row) for row in index.rows([name])]
    page.delete()
    drain()
    engine.backend().refresh(index.ARTICLES, [name], lambda *_given: held)
    assert hits("晶界扩散") == []


def test_a_translation_made_anew_is_found(drain: Drain) -> None:
    engine.rebuild("articles")
    first = make_page(title="讲座", slug="both")
    second = make_page(title="Lecture", language="en", twin=first)
    second.save_revision().publish()
    drain()
    second.delete()
    drain()
    assert hits("lecture") == []
    again = make_page(title="Lecture", language="en", twin=first)
    drain()
    assert hits("lecture") == [queries.document_of(again)]


def test_a_draft_of_a_live_page_changes_nothing_for_the_index(drain: Drain) -> None:
    page = make_page(title="讲座")
    engine.rebuild("articles")
    page.title = "还没有发布的标题"
    page.save_revision()
    assert facts(page) == ["ArticlePublished"]
    assert not engine.reconcile("articles")
    # The draft knows the count of its time; publishing it must not bring that back.
    publish_again(NewsPage.objects.get(pk=page.pk))
    page.get_latest_revision().publish()
    assert rev_of(page) == index.FIRST + 3
    assert engine.reconcile("articles").stale == [queries.document_of(page)]
    drain()
    assert not engine.reconcile("articles")


def test_a_page_that_was_never_live_is_no_fact() -> None:
    page = make_page()
    page.unpublish()
    page.save()
    page.title = "草稿"
    page.save()
    page.delete()
    assert facts(page) == ["ArticlePublished", "ArticleWithdrawn"]


def test_moving_changes_an_address_and_nothing_in_the_index() -> None:
    above = make_page(StandardPage, slug="above")
    page = make_page(StandardPage, slug="below")
    engine.rebuild("articles")
    page.move(above, "last-child")
    page = StandardPage.objects.get(pk=page.pk)
    assert page.url_path.endswith("/above/below/")
    assert facts(page) == ["ArticlePublished"]
    assert not engine.reconcile("articles")


def test_what_hangs_below_goes_with_its_page(client: Client, cast: Cast) -> None:
    above = make_page(StandardPage, slug="above")
    pages = [make_page(StandardPage, slug=f"below-{number}") for number in range(2)]
    for page in pages:
        page.move(StandardPage.objects.get(pk=above.pk), "last-child")
    client.force_login(cast.editor)
    address = f"/cms/pages/{above.pk}/unpublish/"
    assert client.post(address, {"include_descendants": "on"}).status_code == 302
    assert [facts(page) for page in (above, *pages)] == [
        ["ArticlePublished", "ArticleWithdrawn"]
    ] * 3
    for page in pages:
        StandardPage.objects.get(pk=page.pk).save_revision().publish()
    StandardPage.objects.get(pk=above.pk).delete()
    assert [facts(page) for page in pages] == [
        ["ArticlePublished", "ArticleWithdrawn", "ArticlePublished", "ArticleWithdrawn"]
    ] * 2


def test_a_copy_that_is_live_is_a_fact(cast: Cast) -> None:
    page = make_page()
    copy = page.copy(update_attrs={"slug": "copy"}, user=cast.editor)
    # Wagtail writes the day of its publication apart, and says only then who did it.
    assert facts(copy) == ["ArticlePublished"] * 2
    assert Entry.objects.latest("pk").actor_id == cast.editor.pk
    assert facts(page) == ["ArticlePublished"]


def test_counting_begins_above_every_clock(samples: int) -> None:
    """An index made when revisions were milliseconds takes the new ones."""
    assert 1000 * clock.now().replace(year=2108).timestamp() < index.FIRST
    assert ArticleCount.objects.filter(rev=1).count() == samples
    assert not ArticleCount.objects.exclude(rev=1).exists()


def test_pages_of_every_site_are_no_facts() -> None:
    """They are made by migrate, before there is an index or anybody who could publish."""
    assert not Entry.objects.filter(subject_kind=PAGE).exists()
    help_page = StandardPage.objects.filter(slug="help", locale__language_code="zh-hans").get()
    assert (help_page.live, rev_of(help_page)) == (True, index.FIRST)
