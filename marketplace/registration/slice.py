"""What the shells and the pages of others need to know of the registration."""

from collections.abc import Iterator, Sequence
from typing import Any

from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from marketplace.kernel import clock
from marketplace.parties.policies import REGISTRARS, Role, access_of
from marketplace.registration import queries, samples
from marketplace.registration.policies import IMPORT_READERS, LEDGER_READERS
from marketplace.registration.queries.imports import imports_read_by
from marketplace.registration.queries.ledger import waiting_to_close
from marketplace.registration.queries.records import (
    golden_decisions,
    registered_of_listings,
    sample_call,
)
from marketplace.registration.rulebook.ledger import month_of
from marketplace.registration.workflow import PERIOD
from marketplace.web.slices import CodePage, MenuItem, Samples, Schedule, Slice, Todo
from marketplace.web.slots import Answer, Contribution


def _registers(user: Any) -> bool:
    return access_of(user).has(*REGISTRARS)


def _reads_desk(user: Any) -> bool:
    return access_of(user).has(Role.AUTHORITY, Role.AUDITOR)


def _has_a_role(user: Any, roles: Sequence[str]) -> bool:
    """As the permission says, without `has_perm`: every menu asks, and a refusal costs Django two queries."""
    access = access_of(user)
    return access.is_superuser or access.has(*roles)


def _reads_ledger(user: Any) -> bool:
    return _has_a_role(user, LEDGER_READERS)


def _reads_imports(user: Any) -> bool:
    return _has_a_role(user, IMPORT_READERS)


def _has_organization(user: Any) -> bool:
    return bool(access_of(user).orgs)


def _waiting(user: Any) -> int:
    return queries.waiting_count(user)


def _to_decide(user: Any) -> Iterator[Todo]:
    """What waits on the registrar's desk, the due first."""
    counts = queries.todo_heaps(user)
    words = {
        "due": (_("今日到期，须作出决定"), True),
        "corrected": (_("补正材料已到"), False),
        "new": (_("新提交，待受理"), False),
        "disputed": (_("登记有异议，待处理"), False),
    }
    for name, (text, urgent) in words.items():
        if count := counts[name]:
            title = ngettext("%(n)s 份合同待认定登记", "%(n)s 份合同待认定登记", count) % {
                "n": count
            }
            url = f"{reverse('registration:desk')}?heap={name}"
            yield Todo("shield", title, text, _("去办理"), url, urgent=urgent, order=42)
    if count := counts["moved"]:
        title = ngettext(
            "%(n)s 份已登记的合同后来有变动", "%(n)s 份已登记的合同后来有变动", count
        ) % {"n": count}
        text = _("请办理变更、注销，或者核定技术性收入")
        url = f"{reverse('registration:desk')}?heap=moved"
        yield Todo("shield", title, text, _("去办理"), url, order=42)


def _of_seller(user: Any) -> Iterator[Todo]:
    """What the seller does next: correct, submit, file in the national system, report uses."""
    if not access_of(user).orgs:
        return
    words = {
        "returned": (_("认定登记退回补正：%(title)s"), _("去补正"), True),
        "draft": (_("认定登记尚未提交：%(title)s"), _("去提交"), False),
        "approved": (_("预审通过，请在国家系统申报：%(title)s"), _("去抄录"), False),
        "forwarded": (_("已转省办理，请在国家系统申报：%(title)s"), _("去抄录"), False),
    }
    counts = queries.counts_of_seller(user)
    for filing in queries.to_go_on_with(user)[:10] if counts["filings"] else ():
        title, action, urgent = words[filing.status]
        yield Todo(
            "shield",
            title % {"title": filing.contract.title},
            filing.code,
            action,
            reverse("registration:filing", args=[filing.code]),
            urgent=urgent,
            order=43,
        )
    for use in queries.uses_to_report(user)[:10] if counts["uses"] else ():
        yield Todo(
            "warn",
            _("登记已变更或终止，请报告已用证的事项：%(title)s")
            % {"title": use.filing.contract.title},
            use.get_kind_display(),
            _("去登记"),
            reverse("registration:uses", args=[use.filing.code]),
            urgent=True,
            order=41,
        )


def _to_close(user: Any) -> Iterator[Todo]:
    """Months of the ledger that wait for the second of two persons, and the oldest that is over."""
    if not _reads_ledger(user):
        return
    for period in waiting_to_close("city", month_of(clock.today()))[:1]:
        moves = {move.name for move in PERIOD.available(period, user)}
        words = {
            "close": (_("台账 %(month)s 关账待复核"), _("去复核")),
            "propose": (_("台账 %(month)s 可以关账"), _("去核对")),
        }
        for name, (title, action) in words.items():
            if name in moves:
                url = reverse("registration:period", args=[period.book, period.month])
                said = title % {"month": period.month}
                text = _("关账须由两人先后确认")
                yield Todo("shield", said, text, action, url, order=44)


# --- slots ------------------------------------------------------------------------------------
def _on_contract(user: Any, contracts: Sequence[Any]) -> list[Answer]:
    """The state of the registration on the page of a contract, with what the reader may do next."""
    found = queries.filings_of([row.pk for row in contracts])
    return [_contract_panel(user, row, found.get(row.pk)) for row in contracts]


def _contract_panel(user: Any, contract: Any, filing: Any) -> Answer:
    if filing is not None:
        filing.contract = contract
        if not user.has_perm("registration.view_registration", filing):
            return None
        desk = user.has_perm("registration.decide_registration", filing)
        page = "registration:decide" if desk else "registration:filing"
        return {"filing": filing, "url": reverse(page, args=[filing.code])}
    if not contract.is_signed:
        return None
    opens = user.has_perm("registration.file_contract", contract)
    elsewhere = not opens and user.has_perm("registration.adopt_contract", contract)
    if not opens and not elsewhere:
        return None
    return {"filing": None, "opens": opens, "elsewhere": elsewhere, "contract": contract}


def _check_contract(user: Any, contracts: Sequence[Any]) -> list[Answer]:
    """The way to the pre-check, for who reads the whole contract. No query."""
    return [
        {"url": reverse("registration:precheck", args=[row.code])}
        if user.has_perm("deals.read_contract", row)
        else None
        for row in contracts
    ]


def _badges(user: Any, listings: Sequence[Any]) -> list[Answer]:
    """合同已登记 on a need or an achievement, for the members of the parties alone. One query."""
    kind = {"Need": "needs", "Achievement": "achievements"}.get(type(listings[0]).__name__, "")
    found = registered_of_listings(user, kind, [row.pk for row in listings]) if kind else set()
    return [{} if row.pk in found else None for row in listings]


def _golden(_user: Any, enquiries: Sequence[Any]) -> list[Answer]:
    """How the sample of the golden thread went on: contract, return, registration. Sample rows only."""
    # Two slots of one page ask: the rows keep what was found.
    asked = [row for row in enquiries if not hasattr(row, "sample_decisions")]
    found = golden_decisions([row.pk for row in asked]) if asked else {}
    for row in asked:
        row.sample_decisions = found.get(row.pk, [])
    return [
        {"filing": row.sample_decisions[0].filing, "decisions": row.sample_decisions}
        if row.sample_decisions
        else None
        for row in enquiries
    ]


def _call(_user: Any, enquiries: Sequence[Any]) -> list[Answer]:
    """The other way to a contract: a sample call from its need to the registration. One query."""
    found = sample_call()
    return [{"filing": found} if found is not None else None] * len(enquiries)


SLICE = Slice(
    "registration",
    "marketplace.registration.urls",
    menu=(
        MenuItem(
            gettext_lazy("认定登记"),
            "registration:filings",
            "shield",
            "talks",
            62,
            _has_organization,
        ),
        MenuItem(
            gettext_lazy("登记工作台"),
            "registration:desk",
            "shield",
            "manage",
            12,
            _registers,
            _waiting,
        ),
        MenuItem(
            gettext_lazy("应登未登"),
            "registration:unregistered",
            "list",
            "manage",
            15,
            _reads_desk,
        ),
        MenuItem(
            gettext_lazy("成交额台账"),
            "registration:ledger",
            "list",
            "manage",
            16,
            _reads_ledger,
        ),
        MenuItem(
            gettext_lazy("官方登记表"),
            "registration:imports",
            "upload",
            "manage",
            17,
            _reads_imports,
        ),
    ),
    schedules=(Schedule("registration.verify_ledger", every=86400.0),),
    samples=Samples("registrations", 90, samples.load, samples.remove),
    todos=(_to_decide, _of_seller, _to_close),
    codes=(
        CodePage("RD", queries.visible_to, "registration:filing"),
        CodePage("DR", imports_read_by, "registration:import"),
    ),
    slots=(
        Contribution("contract.panels", 10, _on_contract, "registration/slot_contract.html"),
        Contribution("contract.actions", 10, _check_contract, "registration/slot_precheck.html"),
        Contribution("example.steps", 20, _golden, "registration/slot_example_step.html"),
        Contribution("example.panels", 10, _golden, "registration/slot_example.html"),
        Contribution("example.panels", 20, _call, "registration/slot_example_call.html"),
        Contribution("listing.badges", 20, _badges, "registration/slot_badge.html"),
    ),
)
