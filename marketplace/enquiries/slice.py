"""What the shells and the pages of listings need to know of enquiries."""

from collections.abc import Iterator, Sequence
from typing import Any

from django.db.models import QuerySet
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from marketplace.enquiries import queries, samples
from marketplace.enquiries.models import Intent, Step
from marketplace.enquiries.policies import (
    READERS,
    clients_of,
    is_broker,
    principals_of,
    serves_a_county,
    sides,
)
from marketplace.enquiries.rulebook import ASKER, OWNER
from marketplace.enquiries.workflow import LeadStatus
from marketplace.kernel import clock
from marketplace.kernel.actors import Actor
from marketplace.kernel.columns import with_columns
from marketplace.listings.kind import kinds
from marketplace.listings.workflow import CONTACTABLE
from marketplace.parties.policies import REGISTRARS, access_of
from marketplace.parties.queries.counting import kept_rows
from marketplace.taxonomy.queries import label
from marketplace.web.once_a_request import once_a_request
from marketplace.web.slices import CodePage, MenuItem, Samples, Schedule, SiteLink, Slice, Todo
from marketplace.web.slots import Answer, Contribution

#: To-dos of one person that are shown; the inbox has all.
MOST_TODOS = 20
#: Steps, notes and contacts that the page of an enquiry shows.
MOST_SHOWN = 50


def _has_an_inbox(user: Any) -> bool:
    access = access_of(user)
    return bool(access.orgs) or access.has(*READERS) or bool(principals_of(user))


def _to_answer(user: Actor) -> Iterator[Todo]:
    for enquiry in queries.todo_rows(user, MOST_TODOS):
        first = enquiry.first_answer_at is None
        title = _("答复咨询：%(title)s") if first else _("回复消息：%(title)s")
        yield Todo(
            "chat",
            title % {"title": enquiry.listing_title},
            enquiry.code,
            _("去答复"),
            reverse("enquiries:show", args=[enquiry.code]),
            enquiry.answer_due_at if first else None,
            order=13,
        )


def _to_settle(user: Actor) -> Iterator[Todo]:
    """What was left for the operator, since a refusal would have named a hidden owner."""
    if queries.todo_counts(user)["operator"]:
        for enquiry in with_columns(queries.for_operator(), "code", "listing_title")[:MOST_TODOS]:
            url = reverse("enquiries:show", args=[enquiry.code])
            title = _("核实咨询：%(title)s") % {"title": enquiry.listing_title}
            yield Todo("shield", title, enquiry.code, _("去核实"), url, order=23)


def _kind_of(listing: Any) -> str:
    return next(kind.name for kind in kinds() if isinstance(listing, kind.model))


def _asks(user: Actor, listings: Sequence[Any]) -> list[Answer]:
    """The button to ask, or the way to what was asked. One query for people who ask for somebody."""
    access, kind = access_of(user), _kind_of(listings[0])
    asked = queries.asked_by_orgs(user, kind, [row.pk for row in listings])
    answers: list[Answer] = []
    for row in listings:
        if row.pk in asked:
            answers.append({"asked": asked[row.pk]})
        elif row.status in CONTACTABLE and set(access.orgs) != {row.owner_id}:
            answers.append({"url": reverse("enquiries:ask", args=[kind, row.code])})
        else:
            answers.append(None)
    return answers


def _asks_with_reasons(user: Actor, cards: Sequence[Any]) -> list[Answer]:
    """From a stored match the reasons travel along. No query."""
    access = access_of(user)
    return [
        {
            "url": reverse("enquiries:ask", args=[_kind_of(card.other), card.other.code]),
            "match": card.code,
        }
        if card.code and access.orgs and set(access.orgs) != {card.other.owner_id}
        else None
        for card in cards
    ]


def _received(_user: Actor, listings: Sequence[Any]) -> list[Answer]:
    """How many enquiries a listing has had, for its owner. One query."""
    counts = queries.counts_of_listings(_kind_of(listings[0]), [row.pk for row in listings])
    return [
        {"count": counts[row.pk], "url": f"{reverse('enquiries:inbox')}?listing={row.code}"}
        if row.pk in counts
        else None
        for row in listings
    ]


# --- the way to an intent ---------------------------------------------------------------------
def _way(user: Actor, rows: Sequence[Any]) -> list[Answer]:
    """Intents, steps, notes, contacts, and what the reader is asked. The page of one enquiry shows it."""
    return [_way_of(user, row) for row in rows]


def _way_of(user: Actor, enquiry: Any) -> Answer:
    held = sides(user, enquiry)
    lead = queries.lead_of(enquiry)
    asked = queries.open_met_question(enquiry, OWNER if OWNER in held else ASKER)
    return {
        "held": held,
        "today": clock.today(),
        "lead": lead,
        "lead_asks": lead is not None
        and lead.status == LeadStatus.TAKEN
        and user.has_perm("enquiries.confirm_lead", lead),
        "met": bool(held) and asked is not None,
        "estimated": bool(held) and enquiry.answer_due_at and enquiry.due_is_estimated,
        "intents": list(queries.intents_of(enquiry)[:MOST_TODOS]),
        "steps": list(queries.steps_of(enquiry)[:MOST_SHOWN]),
        "notes": list(queries.notes_for(user, enquiry)[:MOST_SHOWN]),
        "contacts": list(queries.contacts_of(enquiry)[:MOST_SHOWN]),
        "closing": label("closing_reason", enquiry.closing_reason)
        if enquiry.closing_reason
        else "",
    }


def _way_actions(user: Actor, rows: Sequence[Any]) -> list[Answer]:
    """What the reader may do next. No query."""
    return [
        {
            "intent": not row.is_over
            and row.asker_id is not None
            and user.has_perm("enquiries.bind_enquiry", row),
            "write": not row.is_over and bool(sides(user, row)),
            "close": not row.is_over and user.has_perm("enquiries.close_enquiry", row),
            "erase": row.erased_at is None and user.has_perm("enquiries.erase_enquiry", row),
        }
        for row in rows
    ]


def _responses(_user: Actor, organizations: Sequence[Any]) -> list[Answer]:
    """How fast an organisation answers, for everybody. One query."""
    found = queries.responses_of([org.pk for org in organizations])
    return [vars(found[org.pk]) if org.pk in found else None for org in organizations]


def _feedback(_user: Actor, listings: Sequence[Any]) -> list[Answer]:
    """Why enquiries about a listing ended, for its owner. One query."""
    kind = _kind_of(listings[0])
    found = queries.closing_reasons(kind, [row.pk for row in listings])
    return [
        {
            "count": sum(found[row.pk].values()),
            "url": reverse("enquiries:feedback", args=[kind, row.code]),
        }
        if row.pk in found
        else None
        for row in listings
    ]


def _logs(user: Actor, organizations: Sequence[Any]) -> list[Answer]:
    """The button of officers and mandated brokers on the page of a firm. No query."""
    return [
        {"url": reverse("enquiries:contact_new", args=[org.code])}
        if user.is_authenticated and user.has_perm("enquiries.log_for_organization", org)
        else None
        for org in organizations
    ]


@kept_rows
def _proposed(user: Any) -> QuerySet[Intent]:
    rows = queries.intents_to_decide(user)
    return with_columns(rows, "code", "enquiry__listing_title")[:MOST_TODOS]


@kept_rows
def _steps(user: Any) -> QuerySet[Step]:
    columns = ("what", "due", "enquiry__code", "enquiry__listing_title")
    return with_columns(queries.open_steps_for(user), *columns)[:MOST_TODOS]


def _to_decide(user: Actor) -> Iterator[Todo]:
    if not queries.todo_counts(user).get("intents"):
        return
    for intent in _proposed(user):
        title = _("在线确认意向：%(title)s") % {"title": intent.enquiry.listing_title}
        url = reverse("enquiries:intent", args=[intent.code])
        yield Todo("doc", title, intent.code, _("去确认"), url, order=14)


def _next_steps(user: Actor) -> Iterator[Todo]:
    if not queries.todo_counts(user).get("steps"):
        return
    today = clock.today()
    for step in _steps(user):
        yield Todo(
            "calendar",
            step.what,
            step.enquiry.listing_title,
            _("去处理"),
            reverse("enquiries:show", args=[step.enquiry.code]),
            clock.end_of_day(step.due),
            urgent=step.due < today,
            order=24,
        )


def _to_confirm(user: Actor) -> Iterator[Todo]:
    if not queries.todo_counts(user).get("contacts"):
        return
    for contact in queries.contacts_to_answer(user)[:MOST_TODOS]:
        title = _("核对代为登记的联系：%(form)s") % {"form": contact.get_form_display()}
        url = reverse("enquiries:contact", args=[contact.code])
        yield Todo("chat", title, contact.firm.name, _("去核对"), url, order=34)


def _asked_as_visitor(user: Any) -> Iterator[Todo]:
    if queries.todo_counts(user).get("visits"):
        text = _("转入单位后，同事也能看到和继续")
        url = reverse("enquiries:as_visitor")
        yield Todo("chat", _("您以访客身份提出过咨询"), text, _("去转入"), url, order=54)


def _leads_held(user: Actor) -> Iterator[Todo]:
    if not queries.todo_counts(user).get("leads"):
        return
    for lead in queries.leads_held_by(user)[:MOST_TODOS]:
        url = reverse("enquiries:lead", args=[lead.code])
        what = "·".join(
            label(kind, code)
            for kind, code in (("field", lead.field), ("district", lead.district))
            if code
        )
        title, state = _("线索：%(what)s") % {"what": what or lead.code}, lead.get_status_display()
        yield Todo("user", title, state, _("去跟进"), url, lead.lapses_at, order=64)


def _leads_to_take(user: Actor) -> Iterator[Todo]:
    if is_broker(user) and (count := _open_leads(user)):
        title = ngettext("%(n)s 条线索可以领取", "%(n)s 条线索可以领取", count) % {"n": count}
        text = _("咨询 5 个工作日没有得到答复，咨询方同意请技术经纪人帮忙")
        yield Todo("list", title, text, _("去领取"), reverse("enquiries:leads"), order=74)


def _county_work(user: Actor) -> Iterator[Todo]:
    """What a county officer looks after: silence, needs nobody has visited, intents without a contract."""
    counts, url = queries.county_counts(user), reverse("enquiries:county")
    if count := counts["silent"]:
        title = ngettext("%(n)s 条咨询逾期没有答复", "%(n)s 条咨询逾期没有答复", count) % {
            "n": count
        }
        text = _("联系发布单位，问清原因")
        yield Todo("clock", title, text, _("去联系"), url, urgent=True, order=84)
    if count := counts["unvisited"]:
        title = ngettext("%(n)s 条需求还没有走访", "%(n)s 条需求还没有走访", count) % {"n": count}
        text = _("发布最早的在最前")
        yield Todo("building", title, text, _("去安排"), url, order=94)
    if count := counts["uncontracted"]:
        title = ngettext("%(n)s 项意向还没有签订合同", "%(n)s 项意向还没有签订合同", count) % {
            "n": count
        }
        yield Todo("doc", title, _("问一问卡在哪里"), _("去跟进"), url, order=104)


@once_a_request
def _open_leads(user: Any) -> int:
    return queries.open_leads(user).count()


def _has_contacts(user: Any) -> bool:
    access = access_of(user)
    return access.has(*REGISTRARS) or bool(clients_of(user))


def _sees_county(user: Any) -> bool:
    return bool(serves_a_county(user))


def _brokers(user: Any) -> bool:
    return bool(is_broker(user))


def _keeps(user: Any) -> bool:
    return access_of(user).has(*READERS)


SLICE = Slice(
    "enquiries",
    "marketplace.enquiries.urls",
    menu=(
        MenuItem(
            gettext_lazy("咨询与洽谈"),
            "enquiries:inbox",
            "chat",
            "talks",
            53,
            _has_an_inbox,
            queries.waiting_count,
        ),
        MenuItem(
            gettext_lazy("待跟进线索"),
            "enquiries:leads",
            "list",
            "talks",
            54,
            _brokers,
            _open_leads,
        ),
        MenuItem(
            gettext_lazy("区县对接"), "enquiries:county", "building", "manage", 4, _sees_county
        ),
        MenuItem(
            gettext_lazy("代为登记的联系"),
            "enquiries:contacts",
            "phone",
            "manage",
            14,
            _has_contacts,
        ),
        MenuItem(gettext_lazy("记录保存与清除"), "enquiries:keeping", "lock", "manage", 64, _keeps),
    ),
    links=(SiteLink("help", gettext_lazy("记录保存多久"), "enquiries:kept", 64),),
    todos=(
        _to_answer,
        _to_settle,
        _to_decide,
        _next_steps,
        _to_confirm,
        _asked_as_visitor,
        _leads_held,
        _leads_to_take,
        _county_work,
    ),
    codes=(
        CodePage("ZX", queries.visible_to, "enquiries:show"),
        CodePage("YX", queries.intents_visible_to, "enquiries:intent"),
        CodePage("XS", queries.leads_visible_to, "enquiries:lead"),
        CodePage("TF", queries.contacts_visible_to, "enquiries:contact"),
    ),
    schedules=(
        Schedule("enquiries.follow_silence", every=600.0),
        Schedule("enquiries.lapse_leads", every=3600.0),
        Schedule("enquiries.ask_whether_met", every=3600.0),
        Schedule("enquiries.close_quiet", every=24 * 3600.0),
        Schedule("enquiries.purge", every=24 * 3600.0),
        Schedule("enquiries.purge_codes", every=3600.0),
    ),
    samples=Samples("enquiries", 53, samples.load, samples.remove),
    slots=(
        Contribution("listing.actions", 13, _asks, "enquiries/slot_ask.html"),
        Contribution("match.actions", 13, _asks_with_reasons, "enquiries/slot_match.html"),
        Contribution("listing.manage", 13, _received, "enquiries/slot_received.html"),
        Contribution("listing.manage", 14, _feedback, "enquiries/slot_feedback.html"),
        Contribution("enquiry.panels", 14, _way, "enquiries/slot_way.html"),
        Contribution("enquiry.actions", 14, _way_actions, "enquiries/slot_way_actions.html"),
        Contribution("organization.facts", 14, _responses, "enquiries/slot_responses.html"),
        Contribution("organization.panels", 14, _logs, "enquiries/slot_log.html"),
    ),
)
