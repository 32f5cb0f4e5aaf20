"""Which decisions there are, who sees them, and which of them forbid an act: the guards of the slices above.

A guard is asked under the locks that its caller holds, with the instant that was read after them. So a decision that
was recorded before counts, and one that is recorded later does not undo what was done.
"""

import re
from collections import defaultdict
from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db.models import F, Q, QuerySet
from django.utils.translation import gettext as _

from marketplace.exclusions.models import Decision, Run
from marketplace.exclusions.policies import FOUND, READERS, codes_of
from marketplace.exclusions.rulebook import FIELDS, Act, plain
from marketplace.kernel import clock
from marketplace.kernel.actors import Actor
from marketplace.parties import queries as people
from marketplace.parties.models import Organization, User
from marketplace.parties.policies import access_of
from marketplace.taxonomy import queries as taxonomy

_OTHERS = re.compile(r"\s*[（(][^（()）]*[)）]\Z")


def _rows() -> QuerySet[Decision]:
    return Decision.objects.select_related("person")


def visible_to(actor: Actor) -> QuerySet[Decision]:
    """The twin of `exclusions.view_decision`, the newest first."""
    access = access_of(actor)
    rows = _rows().order_by("-id")
    if access.has(*READERS):
        return rows
    if not actor.is_authenticated:
        return rows.none()
    named = Q(person_id=actor.pk) | Q(uscc__in=codes_of(actor))
    return rows.filter(named, voided_at__isnull=True)


def at_state(rows: QuerySet[Decision], state: str, at: datetime) -> QuerySet[Decision]:
    """Those that stand so at this instant: the list-side twin of `Decision.state_at`."""
    states = Decision.State
    if state == states.VOID:
        return rows.filter(voided_at__isnull=False)
    rows = rows.filter(voided_at__isnull=True)
    if state == states.LIFTED:
        return rows.filter(lifted_at__lte=at)
    rows = rows.filter(Q(lifted_at__isnull=True) | Q(lifted_at__gt=at))
    if state == states.OVER:
        return rows.filter(ends_at__lte=at)
    rows = rows.filter(Q(ends_at__isnull=True) | Q(ends_at__gt=at))
    return (
        rows.filter(starts_at__lte=at)
        if state == states.IN_FORCE
        else rows.filter(starts_at__gt=at)
    )


def search(rows: QuerySet[Decision], text: str) -> QuerySet[Decision]:
    """Rows with this in a name, a credit code or the number of the document."""
    if not text:
        return rows
    found = Q(plain__contains=plain(text)) | Q(uscc=text.upper()) | Q(number__icontains=text)
    return rows.filter(found)


def runs_read_by(actor: Actor) -> QuerySet[Run]:
    """Sheets that were read, the newest first, for those who read the register."""
    rows = Run.objects.select_related("actor").order_by("-id")
    return rows if actor.has_perm("exclusions.read_register") else rows.none()


def account_of(row: Decision) -> str:
    """The address or number of the account that is tied to the row, or ""."""
    return str(row.person.email or row.person.phone or "") if row.person is not None else ""


def accounts_like(decision: Decision) -> list[User]:
    """Accounts with the name of a person whom nobody has tied to an account yet. A name proves nothing."""
    if decision.kind != Decision.Kind.PERSON or decision.person_id is not None:
        return []
    return list(User.objects.filter(name=decision.name, is_active=True).order_by("pk")[:10])


def reads_file(user: Actor, file: Any) -> bool:
    """Who reads the document of a decision: whoever sees the decision."""
    row = Decision.objects.filter(pk=file.subject_id).first()
    return row is not None and user.has_perm("exclusions.view_decision", row)


# --- guards -----------------------------------------------------------------------------------
@dataclass(frozen=True)
class Named:
    """An organisation that is about to act: by its credit code, or a partner of a joint bid by name alone."""

    name: str
    uscc: str = ""


def named(org: Organization) -> Named:
    """An organisation of here."""
    return Named(org.name, org.uscc or "")


def partners(names: Iterable[str]) -> list[Named]:
    """Partners of a joint bid, as a bid names them: by the text, and as who is meant by it here."""
    wanted = [name.strip() for name in names if name.strip()]
    # Anybody may enter an organisation under a name and code: who was not found to be the one is not taken for it.
    meant = [row for rows in people.organizations_meant(wanted).values() for row in rows]
    known = [row for row in meant if row.uscc and row.status in FOUND]
    return [*(named(row) for row in known), *(Named(name) for name in wanted)]


def act(kind: str, *, district: str, field: str) -> Act:
    """What is about to be done, with the fields above the one of the tender."""
    fields = (field, *taxonomy.ancestors(FIELDS, field)) if field else ()
    return Act(kind, district, fields)


def against(parties: Iterable[Named], what: Act, at: datetime) -> list[Decision]:
    """Decisions that forbid the act to one of these organisations at this instant, the oldest first; one query.

    Who is known by a credit code is looked for by the code alone: an organisation may bear the name of another one.
    """
    rows = list(parties)
    codes = {one.uscc for one in rows if one.uscc}
    names = {plain(one.name) for one in rows if not one.uscc and one.name.strip()}
    if not codes and not names:
        return []
    which = Q(uscc__in=codes) | Q(plain__in=names)
    found = _in_force(at).filter(which, kind=Decision.Kind.ORGANIZATION)
    return [row for row in found if row.forbids(what)]


def against_people(people: Collection[int], what: Act, at: datetime) -> dict[int, list[Decision]]:
    """Decisions that forbid the act to these people, by key; who has none is left out. One query."""
    found: dict[int, list[Decision]] = defaultdict(list)
    for row in _in_force(at).filter(person_id__in=list(people)):
        if row.person_id is not None and row.forbids(what):
            found[row.person_id].append(row)
    return dict(found)


def _in_force(at: datetime) -> QuerySet[Decision]:
    rows = at_state(Decision.objects.all(), Decision.State.IN_FORCE, at)
    return rows.order_by(F("starts_at"), "id")


# --- words ------------------------------------------------------------------------------------
def in_words(row: Decision) -> str:
    """The decision in one line: who is excluded by whom, by which document, from what, and how long."""
    return _("%(name)s：%(decision)s") % {"name": row.name, "decision": nameless(row)}


def nameless(row: Decision) -> str:
    """The same without the name, for records in which people stand by code."""
    return _("%(body)s %(number)s（%(day)s），%(scope)s；期限 %(term)s") % {
        "body": row.body,
        "number": row.number,
        "day": row.decided_on.isoformat(),
        "scope": scope_in_words(row),
        "term": term_in_words(row),
    }


def scope_in_words(row: Decision) -> str:
    """What it forbids, where, and in which fields."""
    areas = "、".join(map(area_label, row.areas)) or _("全国")
    fields = "、".join(taxonomy.label(FIELDS, code) for code in row.fields) or _("各领域")
    return _("禁止%(scopes)s（%(areas)s，%(fields)s）") % {
        "scopes": "、".join(row.scope_labels),
        "areas": areas,
        "fields": fields,
    }


def area_label(code: str) -> str:
    """The name of an area; of one that the code list does not have its code. Provinces stand in it as “…（其他）”."""
    return _OTHERS.sub("", taxonomy.label("district", code))


def areas_by_name() -> dict[str, str]:
    """Codes of the areas that the code list names, by `plain` name in Chinese."""
    rows = taxonomy.terms("district")
    return {plain(_OTHERS.sub("", row.label_in("zh-hans"))): row.code for row in rows}


def term_in_words(row: Decision) -> str:
    """Its first and its last day, or that it names no end."""
    first = clock.day_of(row.starts_at).isoformat()
    if row.ends_at is None:
        return _("%(first)s 起，决定没有写明截止日期") % {"first": first}
    last = clock.last_day(row.ends_at).isoformat()
    return _("%(first)s 至 %(last)s") % {"first": first, "last": last}


def refusal(rows: Iterable[Decision]) -> str:
    """Why somebody may not act, for the person who reads it; "" for no decision."""
    said = "；".join(in_words(row) for row in rows)
    if not said:
        return ""
    return _("有主管机关的决定在期限内，不能办理。%(decisions)s") % {"decisions": said}
