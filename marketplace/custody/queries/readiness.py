"""Whether custodians may be named in a notice: fit, with a key, rehearsed. And the keys that it prints."""

from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Any

from django.db.models import Max
from django.utils.translation import gettext as _

from marketplace.custody.models import Custodian, Rehearsal
from marketplace.custody.queries.custodians import live_keys
from marketplace.custody.rulebook import POWERS, VALID, unfit_reasons
from marketplace.custody.sealing import Terms, from_base64
from marketplace.custody.workflow import Status
from marketplace.kernel.errors import Refused
from marketplace.parties.models import Delegation, Membership, User


def fit(custodian: Custodian) -> list[Any]:
    """Why this custodian may not keep a key today; empty when he may. Asked anew at every use."""
    return unfit([custodian])[custodian.pk]


def unfit(custodians: Iterable[Custodian]) -> dict[int | None, list[Any]]:
    """The same for many, by primary key; five queries however many they are."""
    rows = list(custodians)
    people = {row.person_id for row in rows}
    memberships = Membership.objects.current()
    orgs: dict[int, set[int]] = {pk: set() for pk in people}
    for user_id, org_id in memberships.filter(user_id__in=people).values_list(
        "user_id", "organization_id"
    ):
        orgs[user_id].add(org_id)
    deciding = set(
        memberships.filter(
            organization_id__in=set().union(*orgs.values()),
            user__is_active=True,
            user__platform_roles__role__in=POWERS,
        ).values_list("organization_id", flat=True)
    )
    roles = _roles(people)
    return {
        row.pk: unfit_reasons(
            is_active=row.person.is_active,
            is_member=row.organization_id in orgs[row.person_id],
            is_verified=row.organization.is_verified,
            roles=roles[row.person_id],
            deciding=bool(orgs[row.person_id] & deciding),
        )
        for row in rows
    }


def _roles(people: set[int]) -> dict[int, set[str]]:
    """Platform roles by person, those of a running delegation among them. A superuser has every power."""
    found: dict[int, set[str]] = {pk: set() for pk in people}
    rows = User.objects.filter(pk__in=people).prefetch_related("platform_roles")
    for person in rows:
        found[person.pk] = {row.role for row in person.platform_roles.all()}
        if person.is_superuser:
            found[person.pk] |= set(POWERS)
    as_deputy = Delegation.objects.running().filter(deputy_id__in=people)
    for pk, role in as_deputy.values_list("deputy_id", "role"):
        found[pk].add(role)
    return found


def ready(custodian_ids: Sequence[int], at: datetime) -> list[str]:
    """What is wrong with these custodians at this instant, in words; empty when a notice may name them.

    Each must be in office and fit, and have a live key whose last answered rehearsal is not older than 90 days.
    """
    rows = Custodian.objects.select_related("organization", "person").in_bulk(custodian_ids)
    keys, reasons = live_keys(custodian_ids), unfit(rows.values())
    answered = _answered([key.pk for key in keys.values()])
    wrong: list[str] = []
    for pk in custodian_ids:
        row = rows.get(pk)
        if row is None:
            wrong.append(_("没有这个密钥保管人"))
            continue
        found: list[Any] = [] if row.status == Status.ACTIVE else [_("不在任")]
        found += reasons[pk]
        key = keys.get(pk)
        if key is None:
            found.append(_("还没有密钥"))
        elif answered.get(key.pk) is None:
            found.append(_("密钥还没有通过演练"))
        elif answered[key.pk] <= at - VALID:
            found.append(_("最近一次密钥演练已超过 90 天"))
        wrong += [_about(row, reason) for reason in found]
    return wrong


def rehearsed(custodian_ids: Sequence[int], *, tender: str, lot: str) -> list[str]:
    """Which of these custodians have not yet opened the rehearsal of a subject with the key they have now."""
    keys = live_keys(custodian_ids)
    done = set(
        Rehearsal.objects.filter(key__in=keys.values(), tender=tender, lot=lot)
        .exclude(answered_at=None)
        .values_list("key__custodian_id", flat=True)
    )
    rows = Custodian.objects.select_related("organization", "person").in_bulk(custodian_ids)
    return [
        _about(rows[pk], _("还没有完成本项目的密钥演练"))
        for pk in custodian_ids
        if pk in rows and pk not in done
    ]


def _answered(key_ids: Iterable[int]) -> dict[int, datetime]:
    rows = Rehearsal.objects.filter(key_id__in=list(key_ids)).exclude(answered_at=None)
    return dict(rows.order_by().values_list("key_id").annotate(last=Max("answered_at")))


def _about(row: Custodian, reason: object) -> str:
    return _("%(name)s（%(organization)s）：%(reason)s") % {
        "name": row.person.get_full_name(),
        "organization": row.organization.name,
        "reason": reason,
    }


def terms_of(custodians: Sequence[Custodian], *, tender: str, lot: str, threshold: int) -> Terms:
    """The terms that a notice prints: the live keys of these custodians, in this order.

    Raises Refused when one has no live key. Whether they are ready is asked by `ready`.
    """
    keys = live_keys([row.pk for row in custodians])
    if without := [row for row in custodians if row.pk not in keys]:
        raise Refused("；".join(_about(row, _("还没有密钥")) for row in without))
    found = {row.code: from_base64(keys[row.pk].record["public"]) for row in custodians}
    return Terms(tender, lot, threshold, found)
