"""Conflicts of interest between people and organisations, computed from what is on record."""

from collections import defaultdict
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from marketplace.achievements.models import Inventor
from marketplace.brokerage import queries as brokerage
from marketplace.evaluation.models import Employment, Exclusion, Relation
from marketplace.evaluation.rulebook import LOOK_BACK
from marketplace.exclusions.rulebook import plain
from marketplace.kernel.clock import day_of
from marketplace.parties.models import Membership, Organization, User
from marketplace.parties.queries import organizations_meant


@dataclass(frozen=True)
class Side:
    """An organisation on one side: one of here by `pk`, or a partner of a joint bid by name alone."""

    name: str
    pk: int | None = None
    uscc: str = ""


@dataclass(frozen=True)
class Conflict:
    """Why a person may not judge: the kind in words, and the organisation."""

    kind: Any
    name: str

    def __str__(self) -> str:
        return f"{self.kind}：{self.name}"


@dataclass(frozen=True)
class _Sides:
    """The organisations of both sides, by everything that they are recognised by."""

    by_pk: dict[int, str]
    by_uscc: dict[str, str]
    by_name: dict[str, str]

    @classmethod
    def of(cls, sides: Iterable[Side]) -> "_Sides":
        """Look the organisations up. Raises nothing: an unknown name stays a name."""
        rows = list(sides)
        return cls(
            {row.pk: row.name for row in rows if row.pk is not None},
            {row.uscc: row.name for row in rows if row.uscc},
            {plain(row.name): row.name for row in rows if plain(row.name)},
        )

    def institution(self, row: Any) -> str:
        """The name of the side that this institution of an expert is, or ""."""
        return (
            self.by_pk.get(row.organization_id or 0)
            or (row.uscc and self.by_uscc.get(row.uscc))
            or self.by_name.get(row.plain)
            or ""
        )

    @property
    def condition(self) -> Q:
        """The institutions that may be one of these sides."""
        return (
            Q(organization_id__in=list(self.by_pk))
            | Q(uscc__in=list(self.by_uscc))
            | Q(plain__in=list(self.by_name))
        )


def sides_of(orgs: Iterable[Organization], names: Iterable[str] = ()) -> list[Side]:
    """Organisations of here, and partners as a bid names them: by code, credit code or name."""
    found = [Side(row.name, row.pk, row.uscc or "") for row in orgs]
    wanted = [name.strip() for name in names if name.strip()]
    meant = organizations_meant(wanted)
    found += [Side(row.name, row.pk, row.uscc or "") for rows in meant.values() for row in rows]
    return found + [Side(name) for name in wanted]


def conflicts_of(
    people: Collection[int],
    bidders: Sequence[Side],
    purchaser: Sequence[Side],
    at: datetime,
) -> dict[int, list[Conflict]]:
    """The conflicts of each person, by key; who has none is left out. Six queries for any number of people.

    `purchaser` is empty for people who sit for the purchaser.
    """
    sides = _Sides.of([*bidders, *purchaser])
    found: dict[int, list[Conflict]] = defaultdict(list)
    since = at - LOOK_BACK

    works = Membership.objects.filter(user_id__in=people, organization_id__in=list(sides.by_pk))
    works = works.filter(Q(left_at__isnull=True) | Q(left_at__gt=since))
    for row in works.order_by("id"):
        found[row.user_id].append(
            Conflict(_("现在或三年内为该单位成员"), sides.by_pk[row.organization_id])
        )

    jobs = Employment.objects.filter(sides.condition, expert__person_id__in=people)
    jobs = jobs.filter(Q(until__isnull=True) | Q(until__gt=day_of(since)))
    for job in jobs.select_related("expert"):
        if name := sides.institution(job):
            found[job.expert.person_id].append(Conflict(_("现在或三年内在该单位任职"), name))

    refused = Exclusion.objects.filter(sides.condition, expert__person_id__in=people)
    for one in refused.select_related("expert"):
        if name := sides.institution(one):
            found[one.expert.person_id].append(Conflict(_("本人声明不评审该单位"), name))

    for person, org in brokerage.acted_for(people, sides.by_pk, since):
        found[person].append(Conflict(_("现在或三年内为该单位的技术经纪人"), sides.by_pk[org]))

    ties = Relation.objects.filter(person_id__in=people, organization_id__in=list(sides.by_pk))
    for tie in ties.filter(noted_at__gt=since).order_by("id"):
        found[tie.person_id].append(
            Conflict(tie.get_kind_display(), sides.by_pk[tie.organization_id])
        )
    return {person: list(dict.fromkeys(rows)) for person, rows in found.items()}


def hints_of(people: Iterable[User], bidders: Sequence[Side]) -> dict[int, list[Conflict]]:
    """People with the name of an inventor of a bidder's achievement. A name proves nothing: for the operator's eye."""
    named: dict[str, list[int]] = defaultdict(list)
    for person in people:
        if person.name:
            named[person.name].append(person.pk)
    orgs = {side.pk: side.name for side in bidders if side.pk is not None}
    found: dict[int, list[Conflict]] = defaultdict(list)
    rows = Inventor.objects.filter(name__in=list(named), achievement__owner_id__in=list(orgs))
    for name, org in rows.values_list("name", "achievement__owner_id").distinct():
        for person_id in named[name]:
            found[person_id].append(Conflict(_("与该单位成果的完成人同名"), orgs[org]))
    return dict(found)
