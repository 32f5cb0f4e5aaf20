"""Who was removed has what a stranger has: rights follow from membership today, not from who began."""

from collections.abc import Iterator
from datetime import timedelta
from functools import partial
from typing import Any

from django.db import IntegrityError, transaction
from django.test import Client

import pytest
from rules.permissions import permissions

from marketplace.achievements import queries as achievements
from marketplace.achievements import services as achievement_services
from marketplace.achievements.models import Achievement
from marketplace.brokerage.models import YearlyForm
from marketplace.brokerage.rulebook.commission import Terms
from marketplace.brokerage.services.commissions import add_commission
from marketplace.brokerage.services.introductions import rule
from marketplace.brokerage.services.mandates import propose_amendment
from marketplace.custody import queries as custodians
from marketplace.deals import queries as contracts
from marketplace.deals import services as contract_services
from marketplace.evaluation.queries import bids_of
from marketplace.evaluation.services import ask_explanation, record_approach
from marketplace.files.services import store_upload
from marketplace.journal import jobs
from marketplace.kernel import clock
from marketplace.kernel.errors import Forbidden, NotVisible, Refused
from marketplace.listings import queries as listing_queries
from marketplace.listings import services as listings
from marketplace.listings.services import start_export
from marketplace.matching.models import Match
from marketplace.matching.queries import own_matches, visible_to
from marketplace.needs import queries as needs
from marketplace.needs.models import Need
from marketplace.notices.models import Notice
from marketplace.offerings import queries as offerings
from marketplace.offerings.models import Offering
from marketplace.openings import services as opening_services
from marketplace.openings.rulebook import UNDERTAKING
from marketplace.parties import queries, services
from marketplace.parties.models import Invitation, Membership, User, Verification
from marketplace.registration import queries as registrations
from marketplace.registration.services.filing import open_filing
from marketplace.sheets.exports import export_named
from marketplace.tenders import services as tender_services
from tests.cast import Cast
from tests.factories.achievements import good_rows, make_achievement, sheet, upload
from tests.factories.awards import after_publicity, make_delivery, make_round, publicise
from tests.factories.bids import make_bid
from tests.factories.brokerage import make_broker
from tests.factories.custody import make_custodian, make_key
from tests.factories.deals import make_contract
from tests.factories.disclosure import accept, make_grant
from tests.factories.enquiries import make_enquiry, on_the_way
from tests.factories.evaluation import make_expert, make_opened, make_reader
from tests.factories.exclusions import make_decision
from tests.factories.files import pdf_bytes
from tests.factories.files import upload as uploaded
from tests.factories.mandates import answer, make_introduction, make_mandate
from tests.factories.needs import make_need
from tests.factories.offerings import make_offering
from tests.factories.parties import UserFactory, make_member
from tests.factories.publicity import make_objection, make_publicity
from tests.factories.tenders import make_tender
from tests.worked_slice.services import ask_visit

pytestmark = pytest.mark.django_db

#: Permissions that ask nothing of a subject: what a stranger has, anybody has.
WITHOUT_SUBJECT = {
    "journal.retry_delivery",
    "deals.create_contract",
    "disclosure.publish_text",
    "enquiries.edit_keeping",
    "exclusions.read_register",
    "exclusions.record_decisions",
    "enquiries.view_county",
    "enquiries.view_keeping",
    "enquiries.view_leads",
    "indexing.rebuild_index",
    "parties.appoint_broker",
    "publicity.draft_publicity",
    "tenders.draft_tender",
    "tenders.record_standing",
    "parties.create_organization",
    "brokerage.apply_broker",
    "brokerage.review_brokers",
    "parties.delegate_role",
    "parties.grant_role",
    "parties.review_organizations",
    "registration.close_period",
    "registration.confirm_period",
    "registration.import_register",
    "registration.read_desk",
    "registration.read_imports",
    "registration.read_ledger",
    "registration.use_desk",
    "statistics.read_figures",
    "statistics.check_number",
    "statistics.set_target",
    "taxonomy.edit_calendar",
    "taxonomy.edit_term",
    "wagtailadmin.access_admin",
}
STATES = ["draft", "in_review", "returned", "published", "withdrawn"]


class Left:
    """Somebody who did everything that a member of a university can do, and was removed then."""

    def __init__(self, cast: Cast) -> None:
        org, admin = cast.university, cast.university_admin
        self.cast, self.org = cast, org
        self.person: User = make_member(org, "org_admin", email="left@example.com")
        person = self.person
        self.needs = [make_need(org, person, state=state) for state in STATES]
        self.achievements = [make_achievement(org, person, state=state) for state in STATES]
        self.offerings = [make_offering(org, person, state=state) for state in STATES]
        self.batch = upload(org, person, sheet(good_rows(2)))
        jobs.run_open()
        self.batch.refresh_from_db()
        self.export = start_export(export_named("achievements.own"), [], actor=person)
        self.dossiers = [
            Verification.objects.create(organization=org, applicant=person, status=status)
            for status in ("draft", "verified")
        ]
        claim = Verification(organization=org, applicant=person, status="verified", is_claim=True)
        claim.save()
        self.dossiers.append(claim)
        other = make_achievement(cast.enterprise, cast.member, state="published")
        self.match = Match.objects.create(
            need=self.needs[3], achievement=other, score=80, need_rev=1, achievement_rev=1
        )
        self.file = store_upload(
            uploaded(pdf_bytes()),
            subject_kind="achievements.achievement",
            subject_id=self.achievements[0].pk,
            audience="restricted",
            actor=person,
        )
        self.visits = [
            ask_visit(guest=org, host=cast.enterprise, purpose="参观中试线", actor=person),
            ask_visit(guest=cast.enterprise, host=org, purpose="参观实验室", actor=cast.member),
        ]
        asked = make_need(cast.enterprise, cast.member, state="published")
        self.enquiries = [
            make_enquiry(asked, org, person),
            make_enquiry(self.achievements[3], cast.enterprise, cast.member),
        ]
        self.on_the_way = on_the_way(self.enquiries[1], left=person, cast=cast)
        # A colleague asks to be a broker: the person was one of those who agree for the organisation.
        self.colleague = make_broker(make_member(org), state="submitted", organization=org)
        # The organisation gave a mandate, and its parties were introduced; both are disputed.
        broker = make_broker()
        mandate = make_mandate(broker, org, admin, by="client")
        self.version = propose_amendment(
            mandate,
            terms=Terms(rate_bp=500),
            ends_on=clock.today() + timedelta(days=9),
            actor=broker.user,
        )
        fee = add_commission(mandate, amount_fen=1, due_on=clock.today(), actor=broker.user)
        self.brokerage = {"mandate": [mandate], "version": [self.version], "commission": [fee]}
        claim = make_introduction(broker, org, cast.enterprise, self.needs[3])
        answer(claim, org, admin, "disputed")
        ruling = rule(claim, winner="none", reason="没有证据", actor=cast.operator)
        self.brokerage |= {"introduction": [claim], "ruling": [ruling]}
        # A colleague asked to read what others keep confidential, and others asked the organisation.
        accept(org, admin)
        theirs = make_need(cast.enterprise, cast.member, state="published")
        self.grants = [
            make_grant(theirs, org, asker=person, owner=cast.approver),
            make_grant(
                self.needs[3],
                cast.other_enterprise,
                asker=cast.outsider,
                owner=admin,
                state="requested",
            ),
        ]
        notices = [make_publicity(org, person, state=state) for state in ("draft", "running")]
        theirs = make_publicity(cast.enterprise, cast.approver)
        self.publicity = {
            "publicity": [*notices, theirs],
            "objection": [
                make_objection(theirs, org, person, state="draft", ground="content"),
                make_objection(theirs, org, person),
                make_objection(notices[1], cast.enterprise, cast.approver),
            ],
        }
        # The person kept a key for the organisation, and appointed a colleague.
        kept = make_custodian(org, person, inviter=admin)
        _private, _key, rehearsal = make_key(kept, rehearsed=False)
        colleague = make_custodian(org, cast.university_member, inviter=person, state="invited")
        self.decision = make_decision(org, areas=["650000"])
        self.custody = {"custodian": [kept, colleague], "rehearsal": [rehearsal]}
        # The person opened a tender, and asked and bid in one of others.
        own = [
            make_tender(org, person, state=state, is_sample=True)
            for state in ("draft", "in_review", "tendering")
        ]
        foreign = make_tender(cast.enterprise, cast.approver, is_sample=True)
        change = tender_services.propose_amendment(
            own[2], {"payment": "分期"}, reason="补充", actor=person
        )
        self.tenders = {
            "tender": [*own, foreign],
            "question": [
                tender_services.ask(foreign, org, "以哪版标准为准？", actor=person),
                tender_services.ask(own[2], cast.enterprise, "可以联合吗？", actor=cast.approver),
            ],
            "change": [change],
            **self._results(person),
            "bid": [make_bid(foreign, org, person, state="draft")],
        }
        # The person judged the bids for a tender of the organisation, and was asked about a bid of his own.
        judged = make_opened(
            org, person, [(cast.enterprise, cast.approver)], operator=cast.operator
        )
        panel = make_reader(judged, person, person)
        foreign_lot = make_opened(
            cast.enterprise, cast.approver, [(org, person)], operator=cast.operator
        )
        asking = make_reader(foreign_lot, cast.member, cast.approver)
        bid = bids_of(foreign_lot)[0].bid
        self.evaluation = {
            "lot": [judged, foreign_lot],
            "panel": [panel, asking],
            "seat": [*panel.seats.all(), *asking.seats.all()],
            "sheet": [*panel.seats.get().sheets.all()],
            "expert": [make_expert(operator=cast.operator)],
            "explanation": [
                ask_explanation(
                    asking.seats.get(), bid.code, text="请说明", days=3, actor=cast.member
                )
            ],
            "approach": [
                record_approach(
                    panel, who="某人", happened_on=clock.today(), text="请关照", actor=person
                )
            ],
        }
        # Bids were opened: those that came to the person's tender, and the one that he handed in.
        bought = make_tender(org, person, is_sample=True)
        sold = make_tender(cast.enterprise, cast.approver, is_sample=True)
        make_bid(bought, cast.enterprise, cast.approver)
        make_bid(sold, org, person)
        with clock.shift(timedelta(days=40)):
            found = [opening_services.up_to_date(row) for row in (bought, sold)]
        opening_services.give_undertaking(found[0], UNDERTAKING, actor=person)
        self.openings = {
            "opening": found,
            # The subject of `openings.…_bid` is the row of the opening.
            "openings bid": [row.bids.get() for row in found],
        }
        self.contract = make_contract(org, person, cast.enterprise)
        self.signed = make_contract(org, person, cast.enterprise, state="signed")
        self.registration = open_filing(self.signed, actor=person)
        self.amendment = contract_services.propose_amendment(
            self.signed, "basics", {"place": "临沂"}, reason="补充地点", actor=person
        )
        self.sent = services.invite_member(
            org, role="org_admin", actor=person, email="friend@example.com"
        )
        self.membership = Membership.objects.current().get(user=person)
        services.remove_member(self.membership, actor=admin)
        self.person = User.objects.get(pk=person.pk)

    def _results(self, person: User) -> dict[str, list[Any]]:
        """Results of a tender of the own organisation, and of one that it won."""
        cast, org = self.cast, self.org
        own = make_round(org, person, [(cast.enterprise, cast.approver)], is_sample=True)
        won = make_round(cast.enterprise, cast.approver, [(org, person)], is_sample=True)
        works = []
        for one in (own, won):
            publicise(one)
            with after_publicity(one):
                works.append(make_delivery(one, contract=f"HT2026-DDDDDD-{len(works)}"))
        fresh = make_round(org, person, [(cast.enterprise, cast.approver)], is_sample=True)
        return {
            "lotresult": [own.fresh(), won.fresh(), fresh.result],
            "award": [own.award, won.award],
            "letter": [own.result.entries.get(), won.result.entries.get()],
            "delivery": works,
            "milestone": [row.milestones.first() for row in works],
        }

    def subjects(self) -> dict[str, list[Any]]:
        return {
            "need": self.needs,
            "achievement": [*self.achievements],
            "offering": self.offerings,
            "filing": [self.org],
            "batch": [self.batch],
            "organization": [self.org],
            "members": [self.org],
            "verification": self.dossiers,
            "invitation": [self.sent.invitation],
            "match": [self.match],
            "job": [self.batch.job, self.export],
            "result": [self.batch.job, self.export],
            "attachment": [self.file],
            "visit": self.visits,
            "grant": self.grants,
            "broker": [self.colleague],
            "yearlyform": [YearlyForm(organization=self.org, year=2026)],
            "enquiry": self.enquiries,
            "contract": [self.contract, self.signed],
            "registration": [self.registration],
            "risks": [self.contract, self.signed],
            "amendment": [self.amendment],
            "origin": [self.signed],
            **self.on_the_way,
            **self.brokerage,
            **self.publicity,
            **self.custody,
            "decision": [self.decision],
            **self.tenders,
            **self.evaluation,
            **self.openings,
        }


@pytest.fixture
def left(cast: Cast) -> Left:
    return Left(cast)


def pairs(left: Left) -> Iterator[tuple[str, Any]]:
    subjects = left.subjects()
    for name in permissions:
        if name in WITHOUT_SUBJECT:
            continue
        noun = name.rpartition("_")[2]
        own = subjects.get(name.partition(".")[0] + " " + noun)
        found = [left.org] if name == "achievements.import_achievement" else own or subjects[noun]
        yield from ((name, subject) for subject in found)


def test_every_policy_gives_a_removed_member_what_a_stranger_has(left: Left) -> None:
    stranger = UserFactory()
    differing = [
        (name, str(subject), getattr(subject, "status", ""))
        for name, subject in pairs(left)
        if left.person.has_perm(name, subject) != stranger.has_perm(name, subject)
    ]
    assert differing == []
    # The walk does see rights: who is still a member has them.
    still = left.cast.university_admin
    gained = {name for name, subject in pairs(left) if still.has_perm(name, subject)}
    assert {"achievements.edit_batch", "needs.edit_need", "parties.edit_verification"} <= gained
    assert {"visits.view_visit", "visits.agree_visit"} <= gained


def test_lists_of_a_removed_member_are_a_strangers(left: Left) -> None:
    stranger = UserFactory()
    for rows in (
        needs.visible_to,
        partial(listing_queries.own, Need),
        achievements.visible_to,
        partial(listing_queries.own, Achievement),
        offerings.visible_to,
        contracts.visible_to,
        custodians.visible_to,
        contracts.own_contracts,
        registrations.visible_to,
        registrations.own_filings,
        partial(listing_queries.own, Offering),
        achievements.batches_visible_to,
        achievements.own_batches,
        visible_to,
        own_matches,
        queries.visible_to,
        queries.organizations_of,
    ):
        theirs = set(rows(left.person).values_list("pk", flat=True))
        assert theirs == set(rows(stranger).values_list("pk", flat=True)), rows
    assert queries.dossier_of(left.org, left.person) is None
    assert queries.publishing_organizations(left.person) == []


def test_the_uploader_of_a_batch_cannot_send_it_to_review(left: Left, client: Client) -> None:
    with pytest.raises(Forbidden):
        achievement_services.confirm_import(left.batch, actor=left.person, mode="valid")
    client.force_login(left.person)
    for path in (
        f"/workbench/achievements/import/{left.batch.code}/",
        f"/workbench/jobs/{left.export.code}/",
        f"/workbench/jobs/{left.export.code}/result/",
        f"/files/{left.file.code}/",
        f"/workbench/organizations/{left.org.code}/verification/",
        f"/workbench/needs/{left.needs[0].code}/",
    ):
        assert client.get(path).status_code in {403, 404}, path
    with pytest.raises(Forbidden):
        jobs.cancel_job(left.export, actor=left.person)
    with pytest.raises(Forbidden):
        services.submit_dossier(left.dossiers[0], actor=left.person)
    # Whoever still works there goes on with it.
    achievement_services.confirm_import(left.batch, actor=left.cast.university_member, mode="valid")


def test_an_operator_goes_on_with_the_batch_they_made_until_the_role_ends(cast: Cast) -> None:
    batch = upload(cast.university, cast.operator, sheet(good_rows(1)))
    jobs.run_open()
    batch.refresh_from_db()
    assert cast.operator.has_perm("achievements.edit_batch", batch)
    assert cast.operator.has_perm("journal.view_job", batch.job)
    cast.operator.platform_roles.all().delete()
    cast.operator.forget_access()
    assert not cast.operator.has_perm("achievements.edit_batch", batch)
    assert not achievements.batches_visible_to(cast.operator).exists()


def test_what_a_removed_member_asked_others_to_join_for_has_ended(left: Left) -> None:
    friend = UserFactory(email="friend@example.com")
    left.sent.invitation.refresh_from_db()
    assert left.sent.invitation.status == Invitation.Status.REVOKED
    with pytest.raises(Refused):
        services.accept_invitation(left.sent.invitation, actor=friend)


def test_news_of_what_a_removed_member_began_goes_to_the_admins(left: Left, drain: Any) -> None:
    drain()
    Notice.objects.all().delete()
    listings.move(left.needs[1], "return", actor=left.cast.registrar_city, reasons=["指标无法测量"])
    listings.move(
        left.achievements[1], "return", actor=left.cast.registrar_city, reasons=["没有证据"]
    )
    drain()
    told = Notice.objects.filter(kind__endswith=".returned")
    assert {notice.recipient for notice in told} == {left.cast.university_admin}
    assert not Notice.objects.filter(recipient=left.person).exists()


# --- the membership itself --------------------------------------------------------------------
def test_a_membership_ends_and_is_kept(left: Left) -> None:
    row = Membership.objects.get(pk=left.membership.pk)
    assert row.left_at is not None
    assert row.joined_at <= row.left_at
    assert abs(row.left_at - clock.now()) < timedelta(minutes=5)
    assert left.person not in [member.user for member in queries.members_of(left.org)]
    assert left.person not in queries.admins_of(left.org.pk)
    with pytest.raises(NotVisible):
        queries.member_of(left.org, row.code)
    for act in (
        lambda: services.remove_member(row, actor=left.cast.university_admin),
        lambda: services.change_member_role(row, role="member", actor=left.cast.university_admin),
    ):
        with pytest.raises(Refused, match="已不是本单位成员"):
            act()


def test_who_comes_back_gets_a_row_of_their_own(left: Left) -> None:
    sent = services.invite_member(
        left.org, role="member", actor=left.cast.university_admin, email="left@example.com"
    )
    again = services.accept_invitation(sent.invitation, actor=left.person)
    rows = Membership.objects.filter(user=left.person, organization=left.org).order_by("pk")
    assert [row.pk for row in rows] == [left.membership.pk, again.pk]
    assert [row.left_at is None for row in rows] == [False, True]
    assert rows[0].left_at <= rows[1].joined_at
    back = User.objects.get(pk=left.person.pk)
    assert back.access.orgs == {left.org.pk: frozenset({"member"})}
    assert back.has_perm("needs.edit_need", left.needs[0])


def test_the_database_takes_one_present_membership_and_no_backward_period(left: Left) -> None:
    present = {"user": left.cast.university_member, "organization": left.org}
    with pytest.raises(IntegrityError), transaction.atomic():
        Membership.objects.create(**present)
    past = clock.now() - timedelta(days=3)
    Membership.objects.create(**present, joined_at=past, left_at=past + timedelta(days=1))
    with pytest.raises(IntegrityError), transaction.atomic():
        Membership.objects.create(**present, joined_at=past, left_at=past - timedelta(seconds=1))


def test_the_last_admin_is_counted_among_those_present(left: Left) -> None:
    """An admin who has left is no other admin."""
    own = Membership.objects.current().get(user=left.cast.university_admin)
    with pytest.raises(Refused, match="至少要有一名管理员"):
        services.remove_member(own, actor=left.cast.university_admin)


def test_an_organisation_whose_admins_have_all_left_can_be_claimed(cast: Cast) -> None:
    """Whoever has left does not keep others from speaking for it."""
    assert not queries.can_be_claimed(cast.university)
    rows = Membership.objects.current().filter(organization=cast.university, role="org_admin")
    rows.update(left_at=clock.now())
    assert queries.can_be_claimed(cast.university)
