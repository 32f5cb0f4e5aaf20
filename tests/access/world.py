"""Everything the matrix asks about: the cast, and one object of each kind in each state.

Who stands in which relation to an object is said in `roles.RELATIONS`, and tested against it. The states
of a kind are its status enum and what else changes the answer, `missing` (a well-formed code that
nothing has) among them.
"""

import shutil
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import timedelta
from io import BytesIO
from pathlib import Path
from typing import Any

from django.conf import settings
from django.db import transaction
from django.http import HttpResponse
from django.test import Client, override_settings
from django.utils import translation

from marketplace.achievements.models import ImportBatch
from marketplace.achievements.workflow import BatchStatus
from marketplace.achievements.workflow import Status as AchievementStatus
from marketplace.awards.workflow import DeliveryStatus
from marketplace.awards.workflow import Status as ResultStatus
from marketplace.bids.workflow import Status as BidStatus
from marketplace.brokerage.workflow import (
    BrokerStatus,
    CommissionStatus,
    IntroductionStatus,
    MandateStatus,
)
from marketplace.custody.workflow import Status as CustodianStatus
from marketplace.deals.workflow import ContractStatus
from marketplace.disclosure.workflow import Status as GrantStatus
from marketplace.enquiries.workflow import IntentStatus, LeadStatus
from marketplace.enquiries.workflow import Status as EnquiryStatus
from marketplace.evaluation.workflow import ExpertStatus, PanelStatus
from marketplace.exclusions.models import Decision
from marketplace.files import storage
from marketplace.files.models import Attachment
from marketplace.journal import services as journal
from marketplace.journal.models import Entry, Job
from marketplace.kernel import clock
from marketplace.kernel.codes import new_code
from marketplace.matching.models import Match
from marketplace.needs.workflow import Status as NeedStatus
from marketplace.notices import kinds
from marketplace.offerings.workflow import Status as OfferingStatus
from marketplace.parties import services as parties
from marketplace.parties.models import Invitation, Membership, Verification
from marketplace.parties.workflow import DossierStatus, OrgStatus
from marketplace.publicity.workflow import ObjectionStatus
from marketplace.publicity.workflow import Status as PublicityStatus
from marketplace.registration.models import LedgerPeriod
from marketplace.registration.workflow import FilingStatus
from marketplace.statistics.models import PublicIssue
from marketplace.statistics.rulebook.issues import CITY_DAILY
from marketplace.taxonomy import queries as taxonomy
from marketplace.tenders.workflow import Status as TenderStatus
from tests.access.worlds.awards import awards
from tests.access.worlds.bids import bids
from tests.access.worlds.brokers import brokers
from tests.access.worlds.contracts import contracts
from tests.access.worlds.custody import custodians
from tests.access.worlds.deals import deals
from tests.access.worlds.delegations import delegations
from tests.access.worlds.disclosure import grants
from tests.access.worlds.enquiries import enquiries
from tests.access.worlds.evaluation import evaluations
from tests.access.worlds.exclusions import exclusions
from tests.access.worlds.imports import imports
from tests.access.worlds.intent import intents
from tests.access.worlds.mandates import mandates
from tests.access.worlds.openings import openings
from tests.access.worlds.prechecks import prechecks
from tests.access.worlds.publicity import publicities
from tests.access.worlds.records import records
from tests.access.worlds.registration import filings
from tests.access.worlds.tenders import tenders
from tests.cast import Cast, make_cast
from tests.factories import achievements, needs, offerings
from tests.factories.achievements import make_achievement
from tests.factories.files import make_attachment
from tests.factories.needs import make_need
from tests.factories.notices import make_notice
from tests.factories.offerings import make_offering
from tests.factories.parties import OrganizationFactory, make_member
from tests.factories.taxonomy import make_scheme, make_term
from tests.worked_slice import services as visits
from tests.worked_slice.workflow import Status as VisitStatus

#: kind of subject -> state -> arguments of its routes
Subjects = dict[str, dict[str, dict[str, Any]]]
BACKEND = "django.contrib.auth.backends.ModelBackend"

#: Which states a kind must have at least: a new value of an enum fails without a row.
STATES: dict[str, set[str]] = {
    "need": {*NeedStatus.values, "never_published", "missing"},
    "achievement": {*AchievementStatus.values, "never_published", "missing"},
    "need_public_file": {*NeedStatus.values},
    "need_restricted_file": {*NeedStatus.values},
    "achievement_public_file": {*AchievementStatus.values},
    "achievement_restricted_file": {*AchievementStatus.values},
    "offering": {*OfferingStatus.values, "never_published", "missing"},
    "offering_public_file": {*OfferingStatus.values},
    "offering_restricted_file": {*OfferingStatus.values},
    "offering_import": {"ready", "waiting", "missing"},
    "other_file": {"dossier", "unbound", "removed", "lost", "orphan", "missing"},
    "organization": {*OrgStatus.values, "missing"},
    "dossier": {*DossierStatus.values, "missing"},
    "member": {"colleague", "admin", "elsewhere", "missing"},
    "invitation": {*Invitation.Status.values, "elsewhere", "missing"},
    "invitation_code": {*Invitation.Status.values, "expired", "missing"},
    "invitation_link": {*Invitation.Status.values, "expired", "missing"},
    "token": {"valid", "expired", "revoked", "missing"},
    "notice": {"unread", "read", "linked", "missing"},
    "batch": {*BatchStatus.values, "missing"},
    "lotresult": {*ResultStatus.values, "missing"},
    "lotresult_act": {*ResultStatus.values, "missing"},
    "letter": {"awarded", "contracted", "missing"},
    "delivery": {*DeliveryStatus.values, "missing"},
    "delivery_act": {*DeliveryStatus.values, "missing"},
    "bid": {*BidStatus.values, "missing"},
    "bid_open": {"draft", "sealed", "missing"},
    "bid_tender": {"open", "missing"},
    "bid_receipt": {"submitted", "missing"},
    "bid_part": {"submitted", "missing"},
    "bid_upload": {"missing"},
    "opening": {"waiting", "opened", "missing"},
    "opened_bid": {"waiting", "opened", "missing"},
    "opened_file": {"waiting", "opened", "missing"},
    "opening_tender": {"waiting", "opened", "missing"},
    "grant": {*GrantStatus.values, "missing"},
    "grant_answer": {*GrantStatus.values, "missing"},
    "publicity": {*PublicityStatus.values, "suspended", "missing"},
    "publicity_act": {*PublicityStatus.values, "suspended", "missing"},
    "objection": {*ObjectionStatus.values, "missing"},
    "objection_act": {*ObjectionStatus.values, "missing"},
    "tender": {*TenderStatus.values, "suspended", "missing"},
    "record": {"told", "missing"},
    "release": {"told", "missing"},
    "release_year": {"known", "missing"},
    "funded_tender": {"in_review", "missing"},
    "funded_act": {"in_review", "missing"},
    "tender_act": {*TenderStatus.values, "suspended", "missing"},
    "tender_question": {"open", "answered", "missing"},
    "expert": {*ExpertStatus.values, "missing"},
    "panel": {*PanelStatus.values, "missing"},
    "panel_act": {*PanelStatus.values, "missing"},
    "seat_act": {*PanelStatus.values, "missing"},
    "panel_bid": {"scoring", "missing"},
    "explained_bid": {"open", "missing"},
    "lot_to_judge": {"open", "missing"},
    "custodian": {*CustodianStatus.values, "missing"},
    "exclusion": {*Decision.State.values, "missing"},
    "exclusion_act": {*Decision.State.values, "missing"},
    "exclusion_run": {"made", "missing"},
    "rehearsal": {"open", "answered", "retired", "missing"},
    "job": {*Job.Status.values, "missing"},
    "match": {"open", "fits", "dismissed", "closed", "missing"},
    "scheme": {"known", "missing"},
    "term": {"current", "retired", "missing"},
    "calendar_year": {"known", "unknown", "missing"},
    "section": {"known", "beyond", "missing"},
    "public_table": {"known", "missing"},
    "sum_table": {"known", "missing"},
    "report_year": {"known", "missing"},
    "public_year": {"known", "missing"},
    "page": {"known", "missing"},
    "delegation": {"open", "ended", "missing"},
    "visit": {*VisitStatus.values, "missing"},
    "broker": {*BrokerStatus.values, "missing"},
    "mandate": {*MandateStatus.values, "missing"},
    "commission": {*CommissionStatus.values, "missing"},
    "introduction": {*IntroductionStatus.values, "missing"},
    "brokered_enquiry": {"client", "foreign", "missing"},
    "broker_task": {"open", "done", "missing"},
    "broker_request": {"open", "done", "missing"},
    "rated": {"closed", "missing"},
    "contract": {*ContractStatus.values, "filed", "missing"},
    "contract_file": {"signed", "missing"},
    "contract_paper": {"draft", "missing"},
    "contract_section": {*ContractStatus.values, "missing"},
    "contract_term": {*ContractStatus.values, "missing"},
    "contract_evidence": {"draft", "missing"},
    "contract_outside": {"confirming", "missing"},
    "contract_payment": {"performing", "missing"},
    "contract_milestone": {"signed", "missing"},
    "contract_amendment": {"proposed", "missing"},
    "contracted": {"need", "offering", "missing"},
    "enquiry": {*EnquiryStatus.values, "missing"},
    "intent": {*IntentStatus.values, "missing"},
    "lead": {*LeadStatus.values, "missing"},
    "led_enquiry": {"open", "taken", "missing"},
    "step": {"open", "done", "missing"},
    "contact": {"waiting", "confirmed", "disputed", "missing"},
    "contact_link": {"waiting", "answered", "missing"},
    "firm": {"verified", "missing"},
    "record_kind": {"known", "missing"},
    "fed_back": {"own", "missing"},
    "hidden_enquiry": {"hidden", "named", "missing"},
    "enquiry_file": {"of_visitor", "of_organization", "missing"},
    "told_enquiry": {"of_visitor", "of_organization", "missing"},
    "visitor_link": {"running", "expired", "revoked", "missing"},
    "asked": {"need", "achievement", "ended", "withdrawn", "missing"},
    "certificate": {"draft", "submitted", "entered", "missing"},
    "yearly_form": {"person", "firm", "missing"},
    "registration": {*FilingStatus.values, "missing"},
    "verify_link": {"registered", "missing"},
    "checked_contract": {"draft", "on_desk", "missing"},
    "to_file": {"signed", "draft", "missing"},
    "absorbed": {"signed", "missing"},
    "ledger_book": {"city", "missing"},
    "ledger_month": {"open", "missing"},
    "register_import": {"checked", "missing"},
}

#: The kinds of listing and the prefix of their codes.
PREFIXES = {"need": "XQ", "achievement": "CG", "offering": "FW"}


@dataclass
class World:
    """The cast, their sessions and the subjects."""

    cast: Cast
    subjects: Subjects = field(default_factory=dict)
    rows: dict[tuple[str, str], Any] = field(default_factory=dict)
    cookies: dict[str, str] = field(default_factory=dict)
    people: dict[str, Any] = field(default_factory=dict)
    last_entry: int = 0
    # One for all: building the chain of middleware costs as much as a small view.
    _client: Client = field(default_factory=lambda: Client(raise_request_exception=False))

    def client(self, role: str, *, signed: bool = True) -> Client:
        """The client with nothing in it but the session of this role."""
        client = self._client
        client.cookies.clear()
        if signed and role in self.cookies:
            client.cookies[settings.SESSION_COOKIE_NAME] = self.cookies[role]
        return client

    def ask(
        self, role: str, method: str, path: str, *, signed: bool = True, **extra: Any
    ) -> HttpResponse:
        """One request of this role."""
        translation.activate(settings.LANGUAGE_CODE)
        return getattr(self.client(role, signed=signed), method)(path, **extra)

    def roles(self) -> list[str]:
        """Everybody's role, the visitor first."""
        return [role for role, _person in self.cast.people()]


@contextmanager
def rolled_back() -> Iterator[None]:
    """Nothing that happens inside stays in the database."""
    with transaction.atomic():
        yield
        transaction.set_rollback(True)


@contextmanager
def living() -> Iterator[World]:
    """A world in one transaction that is rolled back, over a search index of its own."""
    folder = Path(tempfile.mkdtemp(prefix="jiebang-access-"))
    try:
        with (
            override_settings(
                DATA_DIR=folder,
                PRIVATE_FILES_DIR=folder / "private",
                # The matrix is about who may see what: which engine is behind it does not matter.
                SEARCH_URL="embedded://",
            ),
            rolled_back(),
        ):
            yield build()
    finally:
        taxonomy.forget()
        shutil.rmtree(folder, ignore_errors=True)


def build() -> World:
    """Make everything."""
    world = World(make_cast())
    for make in MAKERS:
        for kind, states in make(world).items():
            world.subjects.setdefault(kind, {}).update(states)
    while journal.drain():
        pass
    _fix_matches(world)
    for role, person in world.cast.people():
        if role != "visitor":
            client = Client()
            client.force_login(person, backend=BACKEND)
            world.cookies[role] = client.cookies[settings.SESSION_COOKIE_NAME].value
            world.people[role] = type(person).objects.get(pk=person.pk)
            world.people[role].access  # noqa: B018 -- read once for all
        else:
            world.people[role] = person
    world.last_entry = Entry.objects.latest("pk").pk
    return world


def _listings(world: World) -> Subjects:
    cast, made = world.cast, {}
    for noun, states, make, factory in (
        ("need", NeedStatus.values, make_need, needs),
        ("achievement", AchievementStatus.values, make_achievement, achievements),
        ("offering", OfferingStatus.values, make_offering, offerings),
    ):
        made[noun] = {"missing": {"code": new_code(PREFIXES[noun])}}
        slice_name = f"{noun}s"
        for audience in ("public", "restricted"):
            made[f"{noun}_{audience}_file"] = {}
        for state in states:
            row = make(cast.enterprise, cast.member, title=f"{noun} {state} 样条", state="draft")
            for audience in ("public", "restricted"):
                stored = make_attachment(
                    cast.member,
                    subject_kind=f"{slice_name}.{noun}",
                    subject_id=row.pk,
                    audience=audience,
                )
                made[f"{noun}_{audience}_file"][state] = {"code": stored.code}
            row = factory.advance(row, cast.member, state)
            world.rows[noun, state] = row
            made[noun][state] = {"code": row.code}
        row = make(cast.enterprise, cast.member, title=f"{noun} 未发布", state="in_review")
        type(row).objects.filter(pk=row.pk).update(status="withdrawn")
        made[noun]["never_published"] = {"code": row.code}
    return made


def _files(world: World) -> Subjects:
    cast = world.cast
    dossier = Verification.objects.create(
        organization=cast.enterprise, applicant=cast.org_admin, status=DossierStatus.VERIFIED
    )
    kinds_of = {
        "dossier": {"subject_kind": "parties.verification", "subject_id": dossier.pk},
        "unbound": {"subject_id": None},
        "removed": {"subject_id": None},
        "lost": {"subject_id": None},
        "orphan": {"subject_kind": "nothing.thing", "subject_id": 1},
    }
    made: dict[str, dict[str, Any]] = {"missing": {"code": new_code("FJ")}}
    for state, fields in kinds_of.items():
        stored = make_attachment(cast.member, **fields)
        if state in Attachment.Status.values:
            Attachment.objects.filter(pk=stored.pk).update(status=state)
        made[state] = {"code": stored.code}
    return {"other_file": made}


def _organizations(world: World) -> Subjects:
    cast = world.cast
    made: dict[str, dict[str, Any]] = {
        "missing": {"code": new_code("JG")},
        "verified": {"code": cast.enterprise.code},
    }
    world.rows["organization", "verified"] = cast.enterprise
    for state in OrgStatus.values:
        if state in made:
            continue
        org = OrganizationFactory(name=f"单位 {state}", status=state, verified_at=None)
        for role in ("member", "approver", "org_admin"):
            Membership.objects.create(user=cast[role], organization=org, role=role)
        Verification.objects.create(
            organization=org,
            applicant=cast.org_admin,
            status=DossierStatus.VERIFIED if state == "suspended" else state,
        )
        world.rows["organization", state] = org
        made[state] = {"code": org.code}
    return {"organization": made}


def _dossiers(world: World) -> Subjects:
    cast, made = world.cast, {"missing": {"code": new_code("RZ")}}
    for state in DossierStatus.values:
        org = OrganizationFactory(
            name=f"申请 {state}", status=OrgStatus(state), verified_at=clock.now()
        )
        Membership.objects.create(user=cast.org_admin, organization=org, role="org_admin")
        row = Verification.objects.create(
            organization=org, applicant=cast.org_admin, status=state, submitted_at=clock.now()
        )
        world.rows["dossier", state] = row
        made[state] = {"code": row.code}
    return {"dossier": made}


def _members(world: World) -> Subjects:
    cast = world.cast
    code = cast.enterprise.code

    def of(person: Any, org: Any = cast.enterprise) -> str:
        return Membership.objects.get(user=person, organization=org).code

    colleague = make_member(cast.enterprise, name="同事")
    return {
        "member": {
            "colleague": {"code": code, "member": of(colleague)},
            "admin": {"code": code, "member": of(cast.org_admin)},
            "elsewhere": {"code": code, "member": of(cast.outsider, cast.other_enterprise)},
            "missing": {"code": code, "member": new_code("CY")},
        }
    }


def _invitations(world: World) -> Subjects:
    cast = world.cast
    org = cast.enterprise
    made: Subjects = {
        "invitation": {"missing": {"code": org.code, "invitation": new_code("YQ")}},
        "invitation_code": {"missing": {"code": new_code("YQ")}},
        "invitation_link": {"missing": {"token": "x" * 43}},
    }
    for state in (*Invitation.Status.values, "expired"):
        email = cast.expert.email
        Invitation.objects.filter(email=email, status="open").update(status="revoked")
        sent = parties.invite_member(org, role="member", email=email, actor=cast.org_admin)
        made["invitation_link"][state] = {"token": sent.token}
        made["invitation_code"][state] = {"code": sent.invitation.code}
        if state != "expired":
            made["invitation"][state] = {"code": org.code, "invitation": sent.invitation.code}
    # One open invitation for each address and organisation: the expired one goes elsewhere.
    _change(
        made["invitation_code"]["expired"],
        organization=cast.other_enterprise,
        created_at=clock.now() - timedelta(days=9),
        expires_at=clock.now() - timedelta(days=2),
    )
    for state in Invitation.Status.values:
        _change(made["invitation_code"][state], status=state)
    foreign = parties.invite_member(
        cast.other_enterprise, role="member", email="x@example.com", actor=cast.outsider
    )
    made["invitation"]["elsewhere"] = {"code": org.code, "invitation": foreign.invitation.code}
    return made


def _change(args: dict[str, Any], **values: Any) -> None:
    Invitation.objects.filter(**args).update(**values)


def _tokens(world: World) -> Subjects:
    made = {"missing": {"code": new_code("LP")}}
    for state in ("valid", "expired", "revoked"):
        token = parties.create_token(world.cast.member, name=state, scope="write").token
        if state == "expired":
            token.expires_at = clock.now() - timedelta(days=1)
        if state == "revoked":
            token.revoked_at = clock.now()
        token.save()
        made[state] = {"code": token.code}
    return {"token": made}


def _notices(world: World) -> Subjects:
    reader = world.cast.member
    kind = kinds.all_kinds()[0].name
    rows = {
        "unread": make_notice(reader, kind=kind),
        "read": make_notice(reader, kind=kind, read_at=clock.now()),
        "linked": make_notice(reader, kind=kind, url="/needs/"),
    }
    made = {state: {"code": row.code} for state, row in rows.items()}
    return {"notice": {**made, "missing": {"code": new_code("TZ")}}}


def _batches(world: World) -> Subjects:
    cast, made = world.cast, {"missing": {"code": new_code("PC")}}
    for state in BatchStatus.values:
        at_work = state in {"checking", "importing", "deciding"}
        row = ImportBatch.objects.create(
            owner=cast.enterprise,
            actor=cast.member,
            status=state,
            file_name="成果.xlsx",
            result_path=storage.put(BytesIO(b"rows")).path,
            counts={"total": 1, "new": 1, "duplicate": 0, "changed": 0, "bad": 0},
            submitted_at=clock.now() if state in {"in_review", "deciding", "closed"} else None,
            job=Job.objects.create(
                kind="achievements.check", status="running", heartbeat_at=clock.now()
            )
            if at_work
            else None,
        )
        world.rows["batch", state] = row
        made[state] = {"code": row.code}
    return {"batch": made}


def _jobs(world: World) -> Subjects:
    made = {"missing": {"code": new_code("GZ")}}
    for state in Job.Status.values:
        row = Job.objects.create(
            kind="achievements.check",
            actor=world.cast.member,
            status=state,
            payload={"batch": 0},
            heartbeat_at=clock.now() if state == Job.Status.RUNNING else None,
        )
        made[state] = {"code": row.code}
    return {"job": made}


def _matches(world: World) -> Subjects:
    cast, made = world.cast, {"missing": {"code": new_code("PP")}}
    need = make_need(cast.enterprise, cast.member, title="匹配用需求", state="published")
    for state in ("open", "fits", "dismissed", "closed"):
        offer = make_achievement(
            cast.university,
            cast.university_member,
            title=f"匹配用成果 {state}",
            state="withdrawn" if state == "closed" else "published",
        )
        world.rows["match", state] = (need, offer)
    return {"match": made}


def _fix_matches(world: World) -> None:
    """The pairs as the matrix needs them, whatever the computation found meanwhile."""
    for state in ("open", "fits", "dismissed", "closed"):
        need, offer = world.rows["match", state]
        match, _made = Match.objects.update_or_create(
            need=need,
            achievement=offer,
            defaults={
                "score": 80,
                "weights_version": "tests",
                "need_rev": need.rev,
                "achievement_rev": offer.rev,
                "need_verdict": state if state in {"fits", "dismissed"} else "",
            },
        )
        world.rows["match", state] = match
        world.subjects["match"][state] = {"code": match.code}


def _ledger_year() -> int:
    """A year in which the ledger has a month."""
    LedgerPeriod.objects.get_or_create(book="city", month="2025-01")
    return 2025


def _public_year() -> int:
    """A year of which a figure is public."""
    PublicIssue.objects.get_or_create(
        book="city",
        year=2025,
        table=CITY_DAILY,
        since="2025-01",
        through="2025-12",
        defaults={"contracts": 9, "amount_fen": 900_000_000, "technical_fen": 800_000_000},
    )
    return 2025


def _codes(_world: World) -> Subjects:
    scheme = make_scheme()
    make_term(scheme, "red")
    make_term(scheme, "grey", valid_to=clock.today())
    return {
        "scheme": {"known": {"scheme": scheme.code}, "missing": {"scheme": "nothing"}},
        "term": {
            "current": {"scheme": scheme.code, "code": "red"},
            "retired": {"scheme": scheme.code, "code": "grey"},
            "missing": {"scheme": scheme.code, "code": "nothing"},
        },
        "calendar_year": {
            "known": {"year": 2026},
            "unknown": {"year": 2098},
            "missing": {"year": 1999},
        },
        "public_table": {"known": {"name": "kind"}, "missing": {"name": "nothing"}},
        "sum_table": {"known": {"dimension": "kind"}, "missing": {"dimension": "nothing"}},
        "report_year": {"known": {"year": _ledger_year()}, "missing": {"year": 1999}},
        "public_year": {"known": {"year": _public_year()}, "missing": {"year": 1999}},
        "section": {
            "known": {"section": "orgs", "page": 1},
            "beyond": {"section": "orgs", "page": 99},
            "missing": {"section": "nothing", "page": 1},
        },
        "page": {"known": {"path": "help/"}, "missing": {"path": "nothing/at/all/"}},
    }


def _visits(world: World) -> Subjects:
    cast = world.cast
    made = {"missing": {"code": new_code("CF")}}
    for state in VisitStatus.values:
        visit = visits.ask_visit(
            guest=cast.enterprise, host=cast.university, purpose="看中试线", actor=cast.member
        )
        if state == VisitStatus.AGREED:
            visits.agree_visit(visit, actor=cast.university_admin)
        elif state == VisitStatus.ENDED:
            with clock.shift(visits.TIME_TO_ANSWER):
                visits.end_visit("lapse", visit.pk)
        made[state] = {"code": visit.code}
    visits.ask_visit(
        guest=cast.other_enterprise, host=cast.university, purpose="另一次", actor=cast.outsider
    )
    return {"visit": made}


MAKERS: tuple[Callable[[World], Subjects], ...] = (
    grants,
    _listings,
    _files,
    _organizations,
    _dossiers,
    _members,
    _invitations,
    _tokens,
    _notices,
    _batches,
    _jobs,
    _matches,
    _codes,
    _visits,
    brokers,
    deals,
    delegations,
    enquiries,
    imports,
    intents,
    mandates,
    contracts,
    filings,
    prechecks,
    publicities,
    custodians,
    exclusions,
    tenders,
    # After those that move the clock: what they pass closes.
    bids,
    openings,
    evaluations,
    awards,
    records,
)
