"""What follows from publishing a page or from a role: facts in the journal, index, group of editors."""

from typing import Any

from django.db import transaction
from django.db.models.signals import post_delete, post_save
from django.dispatch import receiver

from wagtail.signals import page_published, page_unpublished

from cms import editors, queries
from cms.events import ArticlePublished, ArticleWithdrawn
from marketplace.journal.services import publish
from marketplace.kernel.events import on
from marketplace.parties.models import PlatformRole
from search import engine


@receiver(page_published, dispatch_uid="cms.page_published")
def note_published(instance: Any, revision: Any = None, **_kwargs: Any) -> None:
    """A page that the site's search covers was published."""
    if isinstance(instance, queries.SEARCHED):
        with transaction.atomic():
            publish(
                ArticlePublished(subject_id=instance.pk, document=queries.document_of(instance)),
                actor=getattr(revision, "user", None),
            )


@receiver(page_unpublished, dispatch_uid="cms.page_unpublished")
def note_withdrawn(instance: Any, **_kwargs: Any) -> None:
    """A page was taken down; Wagtail sends this before a deletion too."""
    page = instance.specific
    if isinstance(page, queries.SEARCHED):
        with transaction.atomic():
            publish(
                ArticleWithdrawn(subject_id=page.pk, document=queries.document_of(page)),
                actor=None,
            )


@on(ArticlePublished, ArticleWithdrawn, batch=True)
def refresh_articles(batch: list[ArticlePublished | ArticleWithdrawn]) -> None:
    """Bring the search index in step with the pages as they are now."""
    engine.refresh("articles", [event.document for event in batch])


@receiver([post_save, post_delete], sender=PlatformRole, dispatch_uid="cms.platform_role")
def sync_group(instance: PlatformRole, **_kwargs: Any) -> None:
    """A role was given or taken: in the same transaction, so that the two can't part."""
    editors.sync_editor(instance.user_id)
