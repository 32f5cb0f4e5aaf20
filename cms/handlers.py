"""What follows from publishing a page or from a role: facts in the journal, index, group of editors.

Wagtail sends `page_published` and `page_unpublished` after the page has been committed: a process that
died there would leave a withdrawn page in the index and no fact to tell of it. Every save of a page is
a transaction of its own, so the fact is written in there, and with the deletion in that of the deletion.
"""

from typing import Any

from django.db.models.signals import post_delete, post_save, pre_delete, pre_save
from django.dispatch import receiver

from wagtail.models import Page

from cms import editors, queries
from cms.article_revisions import raise_count
from cms.events import ArticlePublished, ArticleWithdrawn
from marketplace.journal.services import publish
from marketplace.kernel.events import on
from marketplace.parties.models import PlatformRole
from search import engine

#: What a save must touch to change anything for readers. A draft touches none: its text is kept apart.
READ = frozenset({"live", "title", "summary", "lead", "body", "published_at", "first_published_at"})


def note_before(instance: Any, raw: bool = False, **_kwargs: Any) -> None:
    """Remember what readers had before this save: whether it was live, and by which revision."""
    if not raw and _is_searched(instance):
        stored = Page.objects.filter(pk=instance.pk).values_list("live", "live_revision_id")
        instance.was_live, instance.was_revision = stored.first() or (False, None)


def note_saved(
    instance: Any, sender: type[Page], raw: bool = False, update_fields: Any = None, **_kwargs: Any
) -> None:
    """A page that the site's search covers was published, or taken down."""
    if raw or not _is_searched(instance):
        return
    if update_fields is not None and READ.isdisjoint(update_fields):
        return
    if instance.live and (sender is not Page or not instance.was_live):
        revision = instance.live_revision
        is_new = revision is not None and revision.pk != instance.was_revision
        _tell(ArticlePublished, instance, revision.user if is_new else None)
    elif instance.was_live and not instance.live:
        _tell(ArticleWithdrawn, instance, None)
    # A Page without its type holds no text: when it is moved, nothing changes for the index.


def note_deleted(instance: Any, **_kwargs: Any) -> None:
    """A page is going. Wagtail has called it unpublished by now, but not in the database."""
    if Page.objects.filter(pk=instance.pk, live=True).exists():
        _tell(ArticleWithdrawn, instance, None)


def _is_searched(instance: Any) -> bool:
    return issubclass(instance.specific_class or type(instance), queries.SEARCHED)


def _tell(event: type[ArticlePublished | ArticleWithdrawn], page: Any, actor: Any) -> None:
    raise_count(page)
    publish(event(subject_id=page.pk, document=queries.document_of(page)), actor=actor)


for _model in (Page, *queries.SEARCHED):
    _name = f"cms.{_model.__name__}"
    pre_save.connect(note_before, sender=_model, dispatch_uid=f"{_name}.before")
    post_save.connect(note_saved, sender=_model, dispatch_uid=f"{_name}.saved")
for _model in queries.SEARCHED:
    pre_delete.connect(note_deleted, sender=_model, dispatch_uid=f"cms.{_model.__name__}.deleted")


@on(ArticlePublished, ArticleWithdrawn, batch=True)
def refresh_articles(batch: list[ArticlePublished | ArticleWithdrawn]) -> None:
    """Bring the search index in step with the pages as they are now."""
    engine.refresh("articles", [event.document for event in batch])


@receiver([post_save, post_delete], sender=PlatformRole, dispatch_uid="cms.platform_role")
def sync_group(instance: PlatformRole, **_kwargs: Any) -> None:
    """A role was given or taken: in the same transaction, so that the two can't part."""
    editors.sync_editor(instance.user_id)
