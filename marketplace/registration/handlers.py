"""What follows from facts about filings: notices, readers of files, the record of brokers."""

from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Any

from django.utils.translation import gettext_lazy as _

from marketplace.awards import services as awards
from marketplace.brokerage.queries import register_source
from marketplace.brokerage.queries.record import Fact
from marketplace.deals.events import ContractAmended, ContractPerformed, ContractTerminated
from marketplace.files.policies import register_reader
from marketplace.kernel.events import Event, on
from marketplace.notices import kinds
from marketplace.notices.services import address_of, notify
from marketplace.parties import queries as parties
from marketplace.parties.policies import REGISTRARS, Role
from marketplace.registration import events, queries
from marketplace.registration.models import CERTIFICATE_FILES, FILING_FILES, Filing
from marketplace.registration.queries.records import facts_of_brokers
from marketplace.registration.services import imports

kinds.register("registration.waiting", _("有合同待认定登记"), mail_default=False)
kinds.register("registration.filing", _("认定登记有进展"))
kinds.register("registration.moved", _("已登记的合同后来有变动"), mail_default=False)
kinds.register("registration.report", _("登记变更后应报告用证情况"))

register_reader(FILING_FILES, queries.reads_file)
register_reader(CERTIFICATE_FILES, queries.reads_file)


def _registered_of(
    broker_ids: Sequence[int], since: datetime | None, until: datetime | None
) -> dict[int, list[Fact]]:
    return facts_of_brokers(broker_ids, since, until)


register_source(_registered_of)


def _filing(pk: int) -> Filing:
    return queries.filings().get(pk=pk)


@on(events.FilingSubmitted)
def tell_registrars(event: events.FilingSubmitted) -> None:
    """A filing waits: the registrars of its district and of the city learn of it, its own people left out."""
    filing = _filing(event.subject_id)
    people = _deciders(filing)
    title = _("补正后重新提交：%(title)s") if event.is_correction else _("待认定登记：%(title)s")
    notify(
        "registration.waiting",
        people,
        title=title,
        params={"title": filing.contract.title},
        url=address_of("registration:decide", filing.code),
        subject=(events.FILING, filing.pk),
    )


_MOVED: dict[type[Event], Any] = {
    ContractAmended: _("已登记的合同经双方变更：%(title)s"),
    ContractTerminated: _("已登记的合同已终止：%(title)s"),
    ContractPerformed: _("已登记的合同已履行完毕：%(title)s"),
}


@on(ContractAmended, ContractTerminated, ContractPerformed)
def tell_of_moved_contract(event: Event) -> None:
    """A registered contract no longer says what is counted: the registrars of its desk learn of it."""
    filing = queries.filings().filter(contract_id=event.subject_id).first()
    if filing is None or not queries.has_moved(filing):
        return
    notify(
        "registration.moved",
        _deciders(filing),
        title=_MOVED[type(event)],
        params={"title": filing.contract.title},
        body=_("请办理变更、注销，或者核定技术性收入。"),
        url=address_of("registration:decide", filing.code),
        subject=(events.FILING, filing.pk),
    )


def _deciders(filing: Filing) -> list[Any]:
    """The registrars of the filing's district and of the city, its own people left out."""
    return [
        person
        for person in parties.people_with_role(*REGISTRARS)
        if person.has_perm("registration.decide_registration", filing)
    ]


_RESULTS: dict[str, tuple[Any, Any]] = {
    "FilingReturned": (
        _("认定登记退回补正：%(title)s"),
        _("退回理由见登记页面。修改后可重新提交。"),
    ),
    "FilingAccepted": (_("认定登记已受理：%(title)s"), ""),
    "FilingApproved": (
        _("预审通过：%(title)s"),
        _("请按抄录单在全国技术合同管理与服务系统申报。"),
    ),
    "FilingForwarded": (
        _("已转省办理：%(title)s"),
        _("请按抄录单在全国技术合同管理与服务系统申报。"),
    ),
    "FilingRefused": (_("未通过预审：%(title)s"), _("理由见登记页面。")),
    "ContractRegistered": (_("合同已登记：%(title)s"), _("登记编号和日期见登记页面。")),
    "RegistrationChanged": (_("合同登记已变更：%(title)s"), ""),
    "RegistrationEnded": (_("合同登记已注销或撤销：%(title)s"), _("原因见登记页面。")),
    "RegistrationDisputed": (_("合同登记有异议：%(title)s"), ""),
    "DisputeSettled": (_("合同登记的异议已处理：%(title)s"), ""),
    "IncomeConfirmed": (_("技术性收入已核定：%(title)s"), ""),
}


@on(
    events.FilingReturned,
    events.FilingAccepted,
    events.FilingApproved,
    events.FilingForwarded,
    events.FilingRefused,
    events.ContractRegistered,
    events.RegistrationChanged,
    events.RegistrationEnded,
    events.RegistrationDisputed,
    events.DisputeSettled,
    events.IncomeConfirmed,
)
def tell_seller(event: Event) -> None:
    """Who binds the seller learns of every decision; of an import nobody does."""
    if getattr(event, "is_imported", False):
        return
    filing = _filing(event.subject_id)
    if filing.seller_org_id is None:
        return
    title, body = _RESULTS[type(event).__name__]
    people = list(parties.binders_of(filing.seller_org_id))
    if filing.submitted_by is not None and filing.submitted_by not in people:
        people.append(filing.submitted_by)
    notify(
        "registration.filing",
        [person for person in people if person.has_perm("registration.view_registration", filing)],
        title=title,
        params={"title": filing.contract.title},
        body=body,
        url=address_of("registration:filing", filing.code),
        subject=(events.FILING, filing.pk),
    )


@on(events.RegistrationChanged, events.RegistrationEnded)
def ask_to_report(event: Event) -> None:
    """Who used the registration must report the change: their approvers are told."""
    filing = _filing(event.subject_id)
    sides = {use.side for use in filing.uses.all() if use.must_report}
    people = [
        person
        for party in filing.contract.parties.all()
        if party.side in sides and party.organization_id is not None
        for person in parties.binders_of(party.organization_id)
    ]
    _tell_to_report(filing, people)


def _tell_to_report(filing: Filing, people: Iterable[Any]) -> None:
    found = list(people)
    if not found:
        return
    notify(
        "registration.report",
        found,
        title=_("登记已变更或终止，请报告已用证的事项：%(title)s"),
        params={"title": filing.contract.title},
        url=address_of("registration:uses", filing.code),
        subject=(events.FILING, filing.pk),
    )


# --- the ledger -------------------------------------------------------------------------------
kinds.register("registration.ledger_broken", _("台账校验发现异常"))


@on(events.LedgerBroken)
def tell_of_broken_ledger(event: events.LedgerBroken) -> None:
    """Auditors, operators and registrars of the city learn that the ledger is not as it was written."""
    notify(
        "registration.ledger_broken",
        parties.people_with_role(Role.AUDITOR, Role.OPERATOR, Role.REGISTRAR_CITY),
        title=_("台账校验发现 %(n)s 处异常"),
        params={"n": event.findings},
        body=_(
            "请在服务器上运行 verify_ledger，它会指出第一条异常记录。处理之前请不要关账或导入。"
        ),
    )


@on(events.RegisterImported)
def propose_origins(event: events.RegisterImported) -> None:
    """Compare the contracts of an import that have a party here with needs, achievements and intents."""
    imports.propose_origins(event.subject_id)


@on(events.ContractRegistered, events.RegistrationEnded)
def report_registration(event: events.ContractRegistered | events.RegistrationEnded) -> None:
    """The lot that a contract comes from bears its official number, and loses it with the registration."""
    filing = queries.filings().filter(pk=event.subject_id).first()
    if filing is None or filing.contract.award_id is None:
        return
    holds = isinstance(event, events.ContractRegistered)
    awards.record_registration(
        filing.contract.code,
        (filing.official_number or "") if holds else "",
        filing.official_on if holds else None,
    )
