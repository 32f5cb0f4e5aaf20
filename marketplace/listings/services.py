"""The writes that both kinds of listing share. The slices' services name the event and the flow."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from contextlib import suppress
from datetime import datetime, timedelta
from typing import Any, TypeVar

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from marketplace.journal import versions
from marketplace.journal.jobs import start_job
from marketplace.journal.models import Job
from marketplace.journal.services import publish
from marketplace.kernel import clock
from marketplace.kernel.errors import Forbidden, InvalidInput, Refused
from marketplace.kernel.events import Event
from marketplace.kernel.models import insert
from marketplace.kernel.revisions import Rev, check
from marketplace.kernel.unreadable import readable
from marketplace.kernel.workflow import Workflow
from marketplace.listings import policies, queries
from marketplace.listings.models import Listing
from marketplace.listings.rulebook import Quality
from marketplace.parties.models import Organization
from marketplace.parties.policies import access_of

L = TypeVar("L", bound=Listing)

#: A listing without an end date is shown for a year, then it is renewed or it expires.
DEFAULT_VALIDITY = timedelta(days=365)

EXPIRE_AT_ONCE = 500
EXPORT = "listings.export"
MIN_RENEWAL_DAYS, MAX_RENEWAL_DAYS = 30, 730
CHOOSE = _("请选择一项")


def create_draft(
    model: type[L],
    event: type[Event],
    *,
    owner: Organization,
    actor: Any,
    values: Mapping[str, Any],
) -> L:
    """Start a listing of `owner`. Raises Forbidden when the actor is no member of it."""
    if not access_of(actor).in_org(owner.pk):
        raise Forbidden(_("只有本单位成员可以代表单位发布"))
    listing: L = model(owner=owner, author=actor, **values)
    insert(listing)
    publish(event(subject_id=listing.pk), actor=actor)
    return listing


def save_step(
    listing: L,
    event: type[Event],
    *,
    perm: str,
    actor: Any,
    values: Mapping[str, Any],
    rows: Mapping[str, Iterable[Mapping[str, Any]]],
    rev: Rev = None,
) -> L:
    """Store one step of the wizard: columns from `values`, child tables replaced from `rows`.

    Raises Forbidden for strangers, Refused when the listing is not in an editable state, Stale when
    it is no longer at `rev`.
    """
    listing = lock(listing)
    if not actor.has_perm(perm, listing):
        raise Forbidden
    if listing.status not in policies.EDITABLE:
        raise Refused(_("当前状态不能修改，请先撤回或选择“修改后重新提交”"))
    check(listing.rev, rev, listing)
    for name, value in values.items():
        setattr(listing, name, value)
    touch(listing, list(values))
    for related, items in rows.items():
        replace_rows(listing, related, items)
    publish(event(subject_id=listing.pk), actor=actor)
    return listing


def move(
    listing: L,
    name: str,
    *,
    flow: Workflow,
    event: Event,
    actor: Any,
    changes: Mapping[str, Any] | Callable[[L, datetime], Mapping[str, Any]] | None = None,
    rev: Rev = None,
) -> L:
    """Make one move of the flow under a row lock, with further column changes, and tell of it.

    `changes` that depend on the row or on the instant are a function: it is called with the locked row
    and the instant by which the guards judged. Raises Stale when the listing is no longer at `rev`.
    What others saw is kept when the listing goes back to its author.
    """
    listing = lock(listing)
    at = clock.database_now()
    flow.fire(name, listing, actor, at=at)
    check(listing.rev, rev, listing)
    if listing.status in policies.EDITABLE:
        keep_as_seen(listing)
    columns = changes(listing, at) if callable(changes) else (changes or {})
    for column, value in columns.items():
        setattr(listing, column, value)
    touch(listing, ["status", *columns])
    publish(event, actor=actor)
    return listing


def refuse_incomplete(quality: Quality) -> None:
    """Raises InvalidInput that names each missing field when a listing is not fit for review."""
    if quality.blockers:
        raise InvalidInput({finding.field: [finding.text] for finding in quality.blockers})


def publication_dates(listing: Listing, at: datetime) -> dict[str, Any]:
    """The columns set on publication: first publication stays, validity is closed half-open."""
    day = listing.valid_until or (clock.day_of(at) + DEFAULT_VALIDITY)
    return {
        "published_at": listing.published_at or at,
        "valid_until": day,
        "expires_at": clock.end_of_day(day),
        "return_reasons": [],
    }


def renewal_dates(days: int) -> Callable[[Listing, datetime], dict[str, Any]]:
    """The columns set on renewal: valid for `days` more, counted from the day of the renewal."""

    def columns(_listing: Listing, at: datetime) -> dict[str, Any]:
        day = clock.day_of(at) + timedelta(days=days)
        return {"valid_until": day, "expires_at": clock.end_of_day(day)}

    return columns


def lock(listing: L) -> L:
    """The row as it is now, locked until the transaction ends."""
    model = type(listing)
    row: L = (
        queries.manager(model)
        .select_for_update(of=("self",))
        .select_related("owner")
        .get(pk=listing.pk)
    )
    return row


def touch(listing: Listing, columns: list[str]) -> None:
    """Save these columns, raise `rev`, note the time."""
    listing.rev += 1
    listing.updated_at = clock.now()
    listing.save(update_fields=[*columns, "rev", "updated_at"])


def replace_rows(listing: Listing, related: str, items: Iterable[Mapping[str, Any]]) -> None:
    """Put these rows in place of a listing's child rows, in this order."""
    manager = getattr(listing, related)
    manager.all().delete()
    model = manager.model
    link = manager.field.name
    model.objects.bulk_create(
        model(**{link: listing}, position=place, **item) for place, item in enumerate(items)
    )


@transaction.atomic
def delete_draft(listing: Listing, event: Event, *, perm: str, actor: Any, rev: Rev = None) -> None:
    """Delete a draft that nobody else has seen. Raises Refused for anything else, Stale."""
    listing = lock(listing)
    if not actor.has_perm(perm, listing):
        raise Forbidden
    if listing.status != "draft" or listing.was_published:
        raise Refused(_("只有未发布过的草稿可以删除"))
    check(listing.rev, rev, listing)
    publish(event, actor=actor)
    versions.forget_versions(subject_of(listing), [listing.pk])
    listing.delete()


def subject_of(listing: Listing | type[Listing]) -> str:
    """The journal's name for the kind of a listing, such as `needs.need`."""
    return str(listing._meta.label_lower)  # noqa: SLF001 -- public by Django's documentation


def keep_as_seen(listing: Listing) -> None:
    """Keep what reviewers and the public saw at the present `rev`, before the author changes it."""
    versions.keep_version(subject_of(listing), listing.pk, listing.rev, queries.content_of(listing))


#: As many codes stand in one event.
_CODES_AT_ONCE = 500


@transaction.atomic
def remove_samples(model: type[Listing], event: Callable[[list[str]], Event]) -> int:
    """Delete every sample listing of this kind, published ones too; returns how many.

    The rows are gone when handlers run, so the events carry the codes that the index must forget.
    """
    rows: Any = queries.manager(model).filter(is_sample=True)
    codes = list(rows.order_by("pk").values_list("code", flat=True))
    versions.forget_versions(subject_of(model), rows.values("pk"))
    rows.delete()
    for start in range(0, len(codes), _CODES_AT_ONCE):
        publish(event(codes[start : start + _CODES_AT_ONCE]), actor=None)
    return len(codes)


def expire_due(model: type[L], flow: Workflow, event: type[Event]) -> int:
    """Close the listings whose validity is over, at most EXPIRE_AT_ONCE, each in its own transaction.

    Returns how many. One that was renewed or withdrawn meanwhile is passed over.
    """
    count = 0
    for listing in readable(queries.due_to_expire(model)[:EXPIRE_AT_ONCE]):
        with suppress(Refused), transaction.atomic():
            move(listing, "expire", flow=flow, event=event(subject_id=listing.pk), actor=None)
            count += 1
    return count


def clean_reasons(reasons: Iterable[str]) -> list[str]:
    """The reasons of a return without blanks. Raises InvalidInput when none is left."""
    kept = [reason.strip()[:300] for reason in reasons if reason.strip()]
    if not kept:
        raise InvalidInput({"reasons": [_("请至少写一条退回理由，作者才知道怎么改")]})
    return kept[:10]


def check_days(days: int) -> None:
    """Raises InvalidInput for a renewal that is too short or too long."""
    if not MIN_RENEWAL_DAYS <= days <= MAX_RENEWAL_DAYS:
        raise InvalidInput({"days": [_("续期请选择 30 至 730 天")]})


def contact_of(listing: Listing, actor: Any) -> dict[str, str]:
    """The contact as a signed-in reader gets it.

    Raises Forbidden for people without a confirmed contact of their own, Refused when the owner
    wants to be reached through a broker or the listing is no longer open.
    """
    if not access_of(actor).is_confirmed:
        raise Forbidden(_("请先登录并验证邮箱或手机号"))
    if listing.status not in {"published", "expired"} and not access_of(actor).in_org(
        listing.owner_id
    ):
        raise Refused(_("该信息已关闭，不再提供联系方式"))
    if listing.contact_route == "broker":
        raise Refused(_("发布单位选择由技术经理人对接，请联系平台"))
    contact = listing.contact
    is_hidden = getattr(listing, "hide_owner", False)
    return {
        "name": contact.name or ("" if is_hidden else listing.owner.name),
        "phone": contact.phone,
        "email": contact.email,
    }


def start_export(name: str, codes: Sequence[str], *, actor: Any, is_own: bool) -> Job:
    """在后台把这些信息导出为 Excel；运行时再按发起人的权限取数。"""
    payload = {"kind": name, "codes": list(codes), "is_own": is_own}
    if is_own:
        # The workbook holds contacts: whoever leaves one of them loses it.
        payload["orgs"] = sorted(access_of(actor).orgs)
    return start_job(EXPORT, actor=actor, payload=payload, total=len(codes))
