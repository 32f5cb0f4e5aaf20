"""What an author does to the words of a listing: create a draft, save a step, delete a draft."""

from collections.abc import Iterable, Mapping
from typing import Any, TypeVar

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from marketplace.journal import versions
from marketplace.journal.services import publish
from marketplace.kernel.actors import Actor
from marketplace.kernel.errors import Forbidden, Refused
from marketplace.kernel.models import insert
from marketplace.kernel.revisions import Rev, check
from marketplace.listings import queries
from marketplace.listings.models import Listing
from marketplace.listings.services.lifecycle import lifecycle_of
from marketplace.listings.services.rows import lock, replace_rows, touch
from marketplace.listings.workflow import EDITABLE
from marketplace.parties.models import Organization
from marketplace.parties.policies import access_of

L = TypeVar("L", bound=Listing)
Values = Mapping[str, Any]
#: Child rows by the related name of their table.
Rows = Mapping[str, Iterable[Values]]


@transaction.atomic
def create_draft(model: type[L], *, owner: Organization, actor: Actor, values: Values) -> L:
    """新建草稿。 Raises Forbidden when the actor is no member of `owner`."""
    if not access_of(actor).in_org(owner.pk):
        raise Forbidden(_("只有本单位成员可以代表单位发布"))
    listing: L = model(owner=owner, author=actor, **values)
    insert(listing)
    publish(lifecycle_of(model).events["create"](subject_id=listing.pk), actor=actor)
    return listing


@transaction.atomic
def create_whole(
    model: type[L], *, owner: Organization, actor: Actor, values: Values, rows: Rows
) -> L:
    """新建一条内容已齐的草稿（接口和批量录入用）。"""
    listing = create_draft(model, owner=owner, actor=actor, values=values)
    return save_step(listing, actor=actor, values={}, rows=rows) if rows else listing


@transaction.atomic
def save_step(
    listing: L, *, actor: Actor, rev: Rev = None, values: Values, rows: Rows | None = None
) -> L:
    """保存一步。 `rows` replaces child tables, by related name ("indicators").

    Raises Forbidden for strangers, Refused when the listing is not in an editable state, Stale when
    it is no longer at `rev`.
    """
    lifecycle = lifecycle_of(listing)
    listing = lock(listing)
    if not actor.has_perm(lifecycle.perm("edit"), listing):
        raise Forbidden
    if listing.status not in EDITABLE:
        raise Refused(_("当前状态不能修改，请先撤回或选择“修改后重新提交”"))
    check(listing.rev, rev, listing)
    values = lifecycle.adapt(listing, values)
    for name, value in values.items():
        setattr(listing, name, value)
    touch(listing, values)
    for related, items in (rows or {}).items():
        replace_rows(listing, related, items)
    publish(lifecycle.events["edit"](subject_id=listing.pk), actor=actor)
    return listing


@transaction.atomic
def delete_draft(listing: Listing, *, actor: Actor, rev: Rev = None) -> None:
    """删除从未发布过的草稿。 Raises Forbidden, Refused for anything else, Stale."""
    lifecycle = lifecycle_of(listing)
    listing = lock(listing)
    if not actor.has_perm(lifecycle.perm("edit"), listing):
        raise Forbidden
    if refusal := deletion_refusal(listing):
        raise Refused(refusal)
    check(listing.rev, rev, listing)
    publish(lifecycle.events["delete"](subject_id=listing.pk), actor=actor)
    versions.forget_versions(queries.subject_of(listing), [listing.pk])
    listing.delete()


def deletion_refusal(listing: Listing) -> object:
    """Why this listing can't be deleted, or "": only a draft that was never published can."""
    return "" if listing.may_be_deleted else _("只有未发布过的草稿可以删除")


#: So many codes stand in one event.
_CODES_AT_ONCE = 500


@transaction.atomic
def remove_samples(model: type[Listing]) -> int:
    """移除一类信息的全部示例，已发布的也在内；返回条数。

    The rows are gone when handlers run, so the events carry the codes that the index must forget.
    """
    event: Any = lifecycle_of(model).events["remove_samples"]
    rows: Any = queries.manager(model).filter(is_sample=True)
    codes = list(rows.order_by("pk").values_list("code", flat=True))
    versions.forget_versions(queries.subject_of(model), rows.values("pk"))
    rows.delete()
    for start in range(0, len(codes), _CODES_AT_ONCE):
        publish(event(subject_id=0, codes=codes[start : start + _CODES_AT_ONCE]), actor=None)
    return len(codes)
