"""Questions on the way from an enquiry to an intent: intents, leads, steps, notes, answers, contacts."""

from collections import Counter
from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from django.db.models import Exists, Q, QuerySet

from marketplace.enquiries.models import (
    Enquiry,
    Hold,
    Intent,
    Lead,
    LoggedContact,
    MetQuestion,
    Note,
    RecordKind,
    Step,
    VisitorContact,
)
from marketplace.enquiries.models.intents import INTENT_FILES
from marketplace.enquiries.policies import READERS, principals_of, sides
from marketplace.enquiries.queries.reading import visible_to
from marketplace.enquiries.rulebook import FEWEST_FOR_MEDIAN, OWNER, median, other_side
from marketplace.enquiries.workflow import IntentStatus, LeadStatus, Status
from marketplace.files.models import Attachment
from marketplace.files.queries import attachments_for
from marketplace.kernel import clock
from marketplace.kernel.actors import Actor
from marketplace.kernel.counting import NOW, Lists
from marketplace.kernel.errors import NotVisible
from marketplace.listings.kind import kind_named
from marketplace.listings.workflow import State
from marketplace.parties.models import User
from marketplace.parties.policies import REGISTRARS, Role, access_of
from marketplace.parties.queries import hash_of
from marketplace.parties.queries.counting import counted_for_todos
from marketplace.taxonomy.queries import working_days_between

#: An organisation's answers that its page looks back on.
MOST_ANSWERS = 500
#: Rows of each list of the county officer.
MOST_ROWS = 100


# --- intents, steps, notes --------------------------------------------------------------------
@dataclass(frozen=True)
class Confirmation:
    """How a side confirmed an intent: on line, or by a sealed copy of this hash.

    `file` is None on line, and after the copy was erased with the enquiry.
    """

    side: str
    at: datetime | None
    sha256: str
    file: Attachment | None

    @property
    def is_sealed(self) -> bool:
        """Whether a sealed copy took the place of the click."""
        return bool(self.sha256)


def intents_visible_to(actor: Actor) -> QuerySet[Intent]:
    """The intents of the enquiries that `actor` may see; newest first."""
    rows = Intent.objects.filter(enquiry__in=visible_to(actor).order_by().values("pk"))
    return rows.select_related(
        "enquiry__owner", "enquiry__asker", "enquiry__visitor", "proposed_by", "decided_by"
    ).order_by("-id")


def intents_of(enquiry: Enquiry) -> QuerySet[Intent]:
    """All proposals of an enquiry, newest first."""
    return enquiry.intents.select_related("proposed_by", "decided_by").order_by("-id")


def confirmations_of(intents: Sequence[Intent]) -> dict[int, list[Confirmation]]:
    """By intent: how each side that has confirmed did so, the side that proposed first. One query, or none."""
    sealed = [row.pk for row in intents if row.proposed_sha256 or row.accepted_sha256]
    copies = attachments_for(INTENT_FILES, sealed) if sealed else {}
    found: dict[int, list[Confirmation]] = {}
    for intent in intents:
        by_hash = {copy.sha256: copy for copy in copies.get(intent.pk, ())}
        said: list[tuple[str, datetime | None, str]] = [
            (intent.side, intent.created_at, intent.proposed_sha256)
        ]
        if intent.status == IntentStatus.ACCEPTED:
            said.append((other_side(intent.side), intent.decided_at, intent.accepted_sha256))
        found[intent.pk] = [Confirmation(*row, by_hash.get(row[2])) for row in said]
    return found


def reads_sealed_copy(user: Actor, attachment: Any) -> bool:
    """Whoever sees the intent reads its sealed copies."""
    rows = Intent.objects.select_related("enquiry__owner", "enquiry__asker", "enquiry__visitor")
    intent = rows.filter(pk=attachment.subject_id).first()
    return intent is not None and user.has_perm("enquiries.view_intent", intent)


def has_open_intent(enquiry: Enquiry) -> bool:
    """A proposal waits for its answer."""
    return enquiry.intents.filter(status=IntentStatus.PROPOSED).exists()


def steps_visible_to(actor: Actor) -> QuerySet[Step]:
    """The steps of the enquiries that `actor` may see."""
    rows = Step.objects.filter(enquiry__in=visible_to(actor).order_by().values("pk"))
    return rows.select_related("enquiry__owner", "enquiry__asker", "enquiry__visitor")


def steps_of(enquiry: Enquiry) -> QuerySet[Step]:
    """Open steps first, by day, then those that are done."""
    return enquiry.steps.select_related("made_by", "done_by").order_by("done_at", "due", "id")


def next_steps_of(enquiry_ids: Collection[int]) -> dict[int, Step]:
    """The open step of each enquiry that is due first; one query."""
    rows = Step.objects.filter(enquiry_id__in=enquiry_ids, done_at=None)
    return {step.enquiry_id: step for step in rows.order_by("-due", "-id")}


def open_steps_for(actor: Actor) -> QuerySet[Step]:
    """The open steps that the sides of `actor` have to do, the earliest first."""
    orgs = list(access_of(actor).orgs)
    mine = Q(side=OWNER, enquiry__owner_id__in=orgs) | Q(~Q(side=OWNER), enquiry__asker_id__in=orgs)
    rows = Step.objects.filter(mine, done_at=None).exclude(enquiry__status=Status.CLOSED)
    return rows.select_related("enquiry").order_by("due", "id")


def intents_to_decide(actor: Actor) -> QuerySet[Intent]:
    """Proposals that wait for the confirmation of `actor`."""
    orgs = access_of(actor).binding
    mine = Q(side=OWNER, enquiry__asker_id__in=orgs) | Q(~Q(side=OWNER), enquiry__owner_id__in=orgs)
    rows = Intent.objects.filter(mine, status=IntentStatus.PROPOSED).exclude(proposed_by=actor.pk)
    return rows.select_related("enquiry").order_by("id")


def notes_for(actor: Actor, enquiry: Enquiry) -> QuerySet[Note]:
    """Notes of the own side, and those that the other has shared; staff read the shared ones."""
    seen = Q(is_shared=True) | Q(side__in=list(sides(actor, enquiry)))
    return enquiry.notes.filter(seen).select_related("author").order_by("-id")


# --- have they met? ---------------------------------------------------------------------------
def met_questions_of(enquiry: Enquiry) -> QuerySet[MetQuestion]:
    """The questions that both sides were asked."""
    return enquiry.met_questions.filter(asked_at__isnull=False).order_by("-id")


def open_met_question(enquiry: Enquiry, side: str) -> MetQuestion | None:
    """The newest question, while this side has not answered it."""
    asked = met_questions_of(enquiry).first()
    return None if asked is None or getattr(asked, f"{side}_answer") else asked


def met_answers(enquiry_ids: Sequence[int]) -> dict[int, list[MetQuestion]]:
    """What both sides said, by enquiry. One query."""
    found: dict[int, list[MetQuestion]] = {}
    rows = MetQuestion.objects.filter(enquiry_id__in=enquiry_ids, asked_at__isnull=False)
    for row in rows.order_by("id"):
        found.setdefault(row.enquiry_id, []).append(row)
    return found


# --- leads ------------------------------------------------------------------------------------
def leads_visible_to(actor: Actor) -> QuerySet[Lead]:
    """The twin of `enquiries.view_lead`: open ones and the own ones for brokers; all for staff."""
    rows = Lead.objects.select_related(
        "enquiry__owner", "enquiry__asker", "enquiry__visitor", "broker"
    ).order_by("-opened_at", "-id")
    access = access_of(actor)
    if access.has(*READERS):
        return rows
    if not access.has(Role.BROKER):
        return rows.none()
    return rows.filter(Q(status=LeadStatus.OPEN) | Q(broker_id=actor.pk))


def open_leads(actor: Actor) -> QuerySet[Lead]:
    """The leads that `actor` may take, newest first: the list-side twin of `policies.is_no_party_of_lead`.

    None of an enquiry of the own organisation, or of one that the person writes for as a broker.
    """
    orgs = set(access_of(actor).orgs)
    clients = principals_of(actor) - orgs
    rows = leads_visible_to(actor).filter(status=LeadStatus.OPEN)
    rows = rows.exclude(enquiry__owner_id__in=orgs).exclude(enquiry__asker_id__in=orgs | clients)
    return rows.exclude(enquiry__owner_id__in=clients, enquiry__asker__isnull=False)


def leads_held_by(actor: Actor) -> QuerySet[Lead]:
    """The leads that a broker works on."""
    held = [LeadStatus.TAKEN, LeadStatus.CONFIRMED]
    return leads_visible_to(actor).filter(broker_id=actor.pk, status__in=held)


def leads_awaiting_consent(actor: Actor) -> QuerySet[Lead]:
    """Those whose asker has not confirmed the broker yet, the one taken last first."""
    rows = leads_visible_to(actor).filter(broker_id=actor.pk, status=LeadStatus.TAKEN)
    return rows.order_by("-taken_at", "-id")


def lead_by_id(pk: int) -> Lead | None:
    """The lead of an event."""
    return Lead.objects.select_related("enquiry", "broker").filter(pk=pk).first()


def contact_of_asker(enquiry: Enquiry) -> str:
    """How whoever asked is reached: name, address or number. For those who see the enquiry."""
    if enquiry.visitor is not None:
        return f"{enquiry.visitor.name} {enquiry.visitor.contact}"
    person = enquiry.asked_by
    return f"{person.get_full_name()} {person.phone or person.email}" if person is not None else ""


def lead_of(enquiry: Enquiry) -> Lead | None:
    """The lead that an enquiry became, or None."""
    return Lead.objects.select_related("broker", "enquiry").filter(enquiry=enquiry).first()


# --- on behalf --------------------------------------------------------------------------------
def contacts_visible_to(actor: Actor) -> QuerySet[LoggedContact]:
    """The twin of `enquiries.view_contact`; newest first."""
    rows = LoggedContact.objects.select_related(
        "firm", "logged_by", "replied_by", "enquiry__owner", "enquiry__asker", "enquiry__visitor"
    ).order_by("-id")
    access = access_of(actor)
    if access.has(*READERS, Role.REGISTRAR_CITY):
        return rows
    seen = Q(firm_id__in=list(access.orgs)) | Q(logged_by_id=actor.pk)
    if access.has(Role.REGISTRAR_COUNTY):
        districts = access.districts.get(Role.REGISTRAR_COUNTY)
        seen = Q() if districts is None else seen | Q(firm__district__in=districts)
    return rows.filter(seen)


def contacts_of(enquiry: Enquiry) -> QuerySet[LoggedContact]:
    """What was logged for a side of an enquiry, newest first."""
    return enquiry.logged_contacts.select_related("firm", "logged_by").order_by("-id")


def contact_by_id(pk: int) -> LoggedContact | None:
    """The record of an event."""
    return LoggedContact.objects.select_related("firm", "logged_by").filter(pk=pk).first()


def contact_by_token(token: str) -> LoggedContact:
    """The record that a link opens. Raises NotVisible for an unknown or expired one."""
    rows = LoggedContact.objects.filter(token_hash=hash_of(token[:200]))
    found = rows.select_related("firm", "logged_by").filter(token_ends__gt=clock.now()).first()
    if found is None:
        raise NotVisible
    return found


def contacts_to_answer(actor: Actor) -> QuerySet[LoggedContact]:
    """What the firms of `actor` have still to confirm."""
    rows = LoggedContact.objects.filter(firm_id__in=list(access_of(actor).orgs), reply="")
    return rows.select_related("firm").order_by("id")


# --- visitors who have joined -----------------------------------------------------------------
def is_reached_by(user: Any, visitor: VisitorContact) -> bool:
    """Whether the person has confirmed the very contact that the visitor confirmed."""
    by_mail = bool(visitor.email) and user.email_verified_at and user.email == visitor.email
    by_phone = bool(visitor.phone) and user.phone_verified_at and user.phone == visitor.phone
    return bool(by_mail or by_phone)


def asked_as_visitor(user: Any) -> QuerySet[Enquiry]:
    """The enquiries that a person made as a visitor, by the confirmed contact; newest first."""
    seen = Q()
    if user.email and user.email_verified_at:
        seen |= Q(visitor__email=user.email)
    if user.phone and user.phone_verified_at:
        seen |= Q(visitor__phone=user.phone)
    rows = Enquiry.objects.filter(seen, asker=None) if seen else Enquiry.objects.none()
    return rows.select_related("visitor", "owner").order_by("-id")


def _of_visitor(person_id: int) -> QuerySet[Enquiry]:
    """The same by the key of the person, in a statement that is the same for everybody."""
    person = User.objects.filter(pk=person_id)
    emails = person.filter(email_verified_at__isnull=False).exclude(email="").values("email")
    phones = person.filter(phone_verified_at__isnull=False).exclude(phone="").values("phone")
    reached = Q(visitor__email__in=emails) | Q(visitor__phone__in=phones)
    return Enquiry.objects.filter(reached, asker=None)


def visitor_enquiries_of(user: Any) -> list[Enquiry]:
    """The newest of them."""
    return list(asked_as_visitor(user)[:20])


# --- what waits for a person ------------------------------------------------------------------
@counted_for_todos
def todo_counts(user: Any) -> Lists:
    """What the list of things to do asks for, by name: "intents", "steps", "contacts", "visits", "leads", "operator"."""
    access = access_of(user)
    lists: dict[str, QuerySet[Any]] = {}
    if access.binding:
        lists["intents"] = intents_to_decide(user)
    if access.orgs:
        lists |= {"steps": open_steps_for(user), "contacts": contacts_to_answer(user)}
    if access.is_confirmed:
        lists["visits"] = _of_visitor(user.pk)
    if access.has(Role.BROKER):
        lists["leads"] = leads_held_by(user)
    if access.has(Role.OPERATOR):
        lists["operator"] = left_for_operator(Enquiry.objects.all())
    return lists


# --- how fast an organisation answers ---------------------------------------------------------
@dataclass(frozen=True)
class Responses:
    """`days` is the median of working days to the first answer, None under FEWEST_FOR_MEDIAN."""

    count: int
    answered: int
    days: int | None
    last_active: date | None


def responses_of(organization_ids: Sequence[int]) -> dict[int, Responses]:
    """How fast these organisations answer. Enquiries about anonymous needs count nowhere. One query."""
    rows = (
        Enquiry.objects.filter(owner_id__in=organization_ids, hidden_owner=False)
        .order_by("-created_at")
        .values_list("owner_id", "created_at", "first_answer_at", "last_message_at", "last_side")
    )[: MOST_ANSWERS * len(organization_ids)]
    by_org: dict[int, list[Any]] = {}
    for row in rows:
        by_org.setdefault(row[0], []).append(row)
    return {org_id: _responses(found) for org_id, found in by_org.items()}


def _responses(rows: Sequence[Any]) -> Responses:
    answered = [
        working_days_between(asked, first).days
        for _org, asked, first, _last, _side in rows
        if first
    ]
    active: list[datetime] = [first for _org, _asked, first, _last, _side in rows if first]
    active += [last for _org, _asked, _first, last, side in rows if side == OWNER]
    enough = len(rows) >= FEWEST_FOR_MEDIAN and answered
    return Responses(
        len(rows),
        len(answered),
        median(answered) if enough else None,
        clock.day_of(max(active)) if active else None,
    )


def closing_reasons(kind: str, listing_ids: Sequence[int]) -> dict[int, Counter[str]]:
    """By listing: how often each reason ended an enquiry. One query."""
    rows = Enquiry.objects.filter(kind=kind, listing_id__in=listing_ids, status=Status.CLOSED)
    found: dict[int, Counter[str]] = {}
    for listing_id, reason in rows.values_list("listing_id", "closing_reason"):
        found.setdefault(listing_id, Counter())[reason] += 1
    return found


# --- the county officer -----------------------------------------------------------------------
def districts_of(actor: Actor) -> frozenset[str]:
    """The districts of a county officer; none stands for the whole city."""
    access = access_of(actor)
    if access.has(Role.REGISTRAR_CITY):
        return frozenset()
    return access.districts.get(Role.REGISTRAR_COUNTY, frozenset())


def silent_in(districts: Collection[str], now: datetime | None = None) -> QuerySet[Enquiry]:
    """Enquiries whose owner, of these districts, has let the period for the first answer pass."""
    rows = Enquiry.objects.filter(status=Status.OPEN, answer_due_at__lt=now or clock.now())
    if districts:
        rows = rows.filter(owner__district__in=districts)
    return rows.select_related("owner", "asker", "visitor").order_by("answer_due_at", "id")


def enquiry_to_log(actor: Actor, code: str) -> Enquiry | None:
    """The enquiry of this code about which the person may log a contact; None for any other.

    An officer reads no enquiries, but the list of those that are silent names them: they are why the officer calls.
    """
    found = visible_to(actor).filter(code=code).first()
    if found is None and actor.has_perm("enquiries.view_county"):
        found = silent_in(districts_of(actor)).filter(code=code).first()
    return found


def unvisited_needs_in(districts: Collection[str], now: datetime | None = None) -> QuerySet[Any]:
    """Published needs of these districts without a logged visit, oldest first.

    A visit counts that the firm has confirmed, or may still confirm: a disputed one was none.
    """
    waiting = Q(reply="", token_ends__gt=now or clock.now())
    visited = LoggedContact.objects.filter(
        Q(reply=LoggedContact.Reply.CONFIRMED) | waiting,
        kind="needs",
        form=LoggedContact.Form.VISIT,
        listing_id__isnull=False,
    )
    rows = kind_named("needs").model.objects.filter(status=State.PUBLISHED)
    if districts:
        rows = rows.filter(owner__district__in=districts)
    rows = rows.exclude(pk__in=visited.values("listing_id"))
    found: QuerySet[Any] = rows.select_related("owner").order_by("published_at", "id")
    return found


#: Gives a condition on intents, with `OuterRef("pk")`: a contract was signed from them.
_contracts: list[Callable[[], Exists]] = []


def register_contracts(condition: Callable[[], Exists]) -> None:
    """The slice of contracts, which stands above this one, says which intents have led to one."""
    if condition not in _contracts:
        _contracts.append(condition)


def intents_without_contract_in(districts: Collection[str]) -> QuerySet[Intent]:
    """Intents that both sides have confirmed and no contract has followed, oldest first."""
    rows = Intent.objects.filter(status=IntentStatus.ACCEPTED, enquiry__status=Status.AGREED)
    for condition in _contracts:
        rows = rows.filter(~condition())
    if districts:
        of_it = Q(enquiry__owner__district__in=districts) | Q(
            enquiry__asker__district__in=districts
        )
        rows = rows.filter(of_it)
    return rows.select_related("enquiry__owner", "enquiry__asker").order_by("decided_at", "id")


@counted_for_todos
def county_counts(user: Any) -> Lists:
    """What a county officer looks after, by name: "silent", "unvisited", "uncontracted"."""
    if not access_of(user).has(*REGISTRARS):
        return {}
    districts = districts_of(user)
    return {
        "silent": silent_in(districts, NOW),
        "unvisited": unvisited_needs_in(districts, NOW),
        "uncontracted": intents_without_contract_in(districts),
    }


def left_for_operator(rows: QuerySet[Enquiry]) -> QuerySet[Enquiry]:
    """Those of the rows that wait for a decision of the operator."""
    return rows.exclude(for_operator="").exclude(status=Status.CLOSED)


# --- keeping ----------------------------------------------------------------------------------
def record_kinds() -> QuerySet[RecordKind]:
    """Every kind of record, in order."""
    return RecordKind.objects.order_by("order", "code")


def holds() -> QuerySet[Hold]:
    """What is held back now, newest first."""
    return Hold.objects.filter(lifted_at=None).select_related("set_by").order_by("-id")


def enquiries_by_id(pks: Sequence[int]) -> dict[int, Enquiry]:
    """Enquiries by key, for a list of holds. One query."""
    return Enquiry.objects.in_bulk(pks)
