"""Audiences of the access matrix, and how an expression of them becomes roles of the cast.

There are two kinds. A *relation* says how a person stands to one object: who owns it, who asked, who
was invited. RELATIONS gives the cast's roles for each kind of object in the world of these tests. A
*group* is the same for every object: the holders of some platform roles, or everybody.

A new kind of object gets its relations here, under the words of its own slice (`bidder`, `custodian`,
`mandated_broker`); the matrix then speaks of those, and never of the organisations behind them.
"""

import re
from collections.abc import Mapping

VISITOR = frozenset({"visitor"})
ENTERPRISE = frozenset({"member", "approver", "org_admin"})
ENTERPRISE_ADMIN = frozenset({"org_admin"})
UNIVERSITY = frozenset({"university_admin", "university_member"})
OTHER_ENTERPRISE = frozenset({"outsider"})
REVIEWERS = frozenset({"operator", "registrar_city", "registrar_county"})
OVERSEERS = frozenset({"authority", "auditor"})
SPECIALISTS = frozenset({"broker", "expert", "custodian", "security_admin", "editor"})
PUBLISHERS = ENTERPRISE | UNIVERSITY | OTHER_ENTERPRISE
STAFF = REVIEWERS | OVERSEERS | SPECIALISTS

GROUPS: dict[str, frozenset[str]] = {
    "visitor": VISITOR,
    "everyone": VISITOR | PUBLISHERS | STAFF,
    "signed_in": PUBLISHERS | STAFF,
    "publishers": PUBLISHERS,
    "staff": STAFF,
    "reviewers": REVIEWERS,
    "overseers": OVERSEERS,
    "readers": REVIEWERS | OVERSEERS,
    "specialists": SPECIALISTS,
    "registrar_city": frozenset({"registrar_city"}),
    "registrars": frozenset({"registrar_city", "registrar_county"}),
    "target_setters": frozenset({"registrar_city", "authority"}),
    "suspenders": frozenset({"operator", "registrar_city"}),
    "operator": frozenset({"operator"}),
    "brokers": frozenset({"broker"}),
    "auditor": frozenset({"auditor"}),
    "authority": frozenset({"authority"}),
    # Who makes promises for an organisation, whichever it is.
    "binders": frozenset({"approver", "org_admin", "university_admin", "outsider"}),
    "security_admin": frozenset({"security_admin"}),
    # Who has an entry in the register of brokers, in whatever state: `worlds.brokers.OWNERS`.
    "with_entry": frozenset(
        {"member", "university_member", "outsider", "expert", "broker", "custodian", "editor"}
    ),
    # Who has an entry as an expert, in whatever state: `worlds.evaluation.OWNERS`.
    "with_expertise": frozenset({"member", "outsider", "expert", "custodian", "editor"}),
    "editors": frozenset({"editor", "operator"}),
    # The one broker of the world who is in the register.
    "entered_broker": frozenset({"broker"}),
}

Relations = dict[str, frozenset[str]]
_OWNED: Relations = {"owner": ENTERPRISE}
_ADMINISTERED: Relations = {"owner": ENTERPRISE, "owner_admin": ENTERPRISE_ADMIN}
_HELD: Relations = {"holder": frozenset({"member"})}
_SENT: Relations = {"invited": frozenset({"expert"})}
# Members ask and read; the owner's approvers and administrators answer.
_GRANT: Relations = {
    "owner": ENTERPRISE,
    "owner_binder": frozenset({"approver", "org_admin"}),
    "reader": UNIVERSITY,
    "reader_binder": frozenset({"university_admin"}),
}

# The enterprise publishes and answers, the university objects, the authority rules.
_PUBLISHED: Relations = {
    "publisher": ENTERPRISE,
    "publisher_binder": frozenset({"approver", "org_admin"}),
}
_CONTESTED: Relations = {
    "publisher": ENTERPRISE,
    "publisher_binder": frozenset({"approver", "org_admin"}),
    "objector": UNIVERSITY,
    "objector_binder": frozenset({"university_admin"}),
}

# The enterprise opens the tender; the university asks and learns of its own questions alone.
_TENDERED: Relations = {
    "purchaser": ENTERPRISE,
    "purchaser_binder": frozenset({"approver", "org_admin"}),
}

# The county of the enterprise looks first where the city pays.
_FUNDED: Relations = {**_TENDERED, "screener": frozenset({"registrar_county"})}

# The university keeps the keys; an invitation waits for a member of the enterprise.
_KEPT: Relations = {
    "keeper": frozenset({"university_member"}),
    "keeper_binder": frozenset({"university_admin"}),
}

# The university bids for tenders of the enterprise; nobody else knows of it.
_PURCHASED: Relations = {"purchaser": ENTERPRISE}
_BID: Relations = {"bidder": UNIVERSITY, "bidder_binder": frozenset({"university_admin"})}

# A member of the enterprise, which purchases, reads the bid of the university.
_JUDGED: Relations = {
    "purchaser": ENTERPRISE,
    "purchaser_binder": frozenset({"approver", "org_admin"}),
    "panelist": frozenset({"member"}),
    "bidder": UNIVERSITY,
}

# The university is the one bidder of the enterprise's tenders, its candidate and its winner.
_RESULT: Relations = {
    **_TENDERED,
    "bidder": UNIVERSITY,
    "bidder_binder": frozenset({"university_admin"}),
}

_MANDATED: Relations = {"mandated_broker": frozenset({"broker"}), "client": OTHER_ENTERPRISE}
_ENQUIRY: Relations = {
    "answering": ENTERPRISE,
    "answering_binder": frozenset({"approver", "org_admin"}),
    "asking": UNIVERSITY,
    "asking_binder": frozenset({"university_admin"}),
}

# The enterprise sells and keeps the record, the university buys.
_CONTRACT: Relations = {
    "keeper": ENTERPRISE,
    "keeper_binder": frozenset({"approver", "org_admin"}),
    "buyer": UNIVERSITY,
    "buyer_binder": frozenset({"university_admin"}),
}
_SOLD: Relations = {
    "seller": ENTERPRISE,
    "seller_binder": frozenset({"approver", "org_admin"}),
    "buyer": UNIVERSITY,
    "buyer_binder": frozenset({"university_admin"}),
}

#: Kind of object, or "kind state" where a state has relations of its own -> relation -> roles.
RELATIONS: dict[str, Relations] = {
    # An entry in the register is one person's: each state has somebody else.
    "certificate draft": {"self": frozenset({"member"})},
    "certificate submitted": {"self": frozenset({"university_member"})},
    "certificate entered": {"self": frozenset({"broker"})},
    "yearly_form person": {"filer": frozenset({"broker"})},
    "yearly_form firm": {"filer": frozenset({"approver", "org_admin"})},
    "broker draft": {"self": frozenset({"member"})},
    "broker submitted": {
        "self": frozenset({"university_member"}),
        "unit_approver": frozenset({"university_admin"}),
    },
    "broker returned": {"self": frozenset({"outsider"})},
    "broker declined": {"self": frozenset({"expert"})},
    "broker entered": {"self": frozenset({"broker"})},
    "broker suspended": {"self": frozenset({"custodian"})},
    "broker removed": {"self": frozenset({"editor"})},
    "need": {**_OWNED, "owner_binder": frozenset({"approver", "org_admin"})},
    "bid": _BID,
    "bid_open": _BID,
    "bid_receipt": _BID,
    "bid_part": _BID,
    "lotresult": _RESULT,
    "lotresult_act": _RESULT,
    "letter": _RESULT,
    "delivery": _RESULT,
    "delivery_act": _RESULT,
    # A member of the other enterprise keeps a key of the opening that waits.
    "opening waiting": {**_PURCHASED, "opening_keeper": frozenset({"outsider"})},
    "opening opened": _PURCHASED,
    "opened_bid": {**_BID, **_PURCHASED},
    "opened_file": {**_BID, **_PURCHASED},
    "need_public_file": _OWNED,
    "need_restricted_file": _OWNED,
    "achievement": _OWNED,
    "achievement_public_file": _OWNED,
    "achievement_restricted_file": _OWNED,
    "offering": _OWNED,
    "offering_public_file": _OWNED,
    "offering_restricted_file": _OWNED,
    # An uploaded sheet is its uploader's alone, whoever else works for the organisation.
    "offering_import": _HELD,
    "other_file dossier": {"applicant": ENTERPRISE_ADMIN},
    "other_file unbound": _HELD,
    "organization": _ADMINISTERED,
    "member": _ADMINISTERED,
    "invitation": _ADMINISTERED,
    "invitation_link": _SENT,
    "invitation_code": _SENT,
    "dossier": {"applicant": ENTERPRISE_ADMIN},
    "batch": _OWNED,
    "job": _HELD,
    "token": _HELD,
    "delegation": {"holder": frozenset({"registrar_city"}), "deputy": frozenset({"expert"})},
    "notice": _HELD,
    "contact_link": {"logging": frozenset({"registrar_city"})},
    # A match has two sides: who asks by a need, and who offers an achievement.
    "match": {"asker": ENTERPRISE, "offerer": UNIVERSITY},
    "grant": _GRANT,
    "grant_answer": _GRANT,
    "publicity": _PUBLISHED,
    "publicity_act": _PUBLISHED,
    "objection": _CONTESTED,
    "objection_act": _CONTESTED,
    "tender": _TENDERED,
    "tender_act": _TENDERED,
    "funded_tender": _FUNDED,
    "funded_act": _FUNDED,
    "tender_question": {"purchaser": ENTERPRISE, "asker": UNIVERSITY},
    "expert in_review": {"self": frozenset({"member"})},
    "expert returned": {"self": frozenset({"outsider"})},
    "expert approved": {"self": frozenset({"expert"})},
    "expert suspended": {"self": frozenset({"custodian"})},
    "expert left": {"self": frozenset({"editor"})},
    "panel": _JUDGED,
    "panel_act": _JUDGED,
    "seat_act": _JUDGED,
    "panel_bid": _JUDGED,
    "explained_bid": _BID,
    "lot_to_judge": _TENDERED,
    "custodian": _KEPT,
    "custodian invited": {
        "keeper": frozenset({"member"}),
        "keeper_binder": frozenset({"approver", "org_admin"}),
    },
    # A row that was taken back names nobody.
    **{
        f"{kind} {state}": {"named": UNIVERSITY}
        for kind in ("exclusion", "exclusion_act")
        for state in ("coming", "in_force", "over", "lifted")
    },
    "rehearsal": {"keeper": frozenset({"university_member"})},
    # The enterprise has published, the university asks.
    # The enterprise has proposed, the university decides.
    "intent": {
        "proposing": ENTERPRISE,
        "proposing_binder": frozenset({"approver", "org_admin"}),
        "deciding": UNIVERSITY,
        "deciding_binder": frozenset({"university_admin"}),
    },
    "lead taken": {"taker": frozenset({"broker"})},
    "lead confirmed": {"taker": frozenset({"broker"})},
    "led_enquiry": {"answering": ENTERPRISE, "asking": UNIVERSITY},
    "contract": _CONTRACT,
    "contract_file": _CONTRACT,
    "step": {"parties": ENTERPRISE | UNIVERSITY},
    "contact": {"firm": ENTERPRISE, "officers": frozenset({"registrar_city", "registrar_county"})},
    "firm": {"officers": frozenset({"registrar_city", "registrar_county"})},
    "fed_back": {"publisher": ENTERPRISE},
    # The broker acts for the other enterprise, whose admin speaks for it.
    "mandate": _MANDATED,
    "commission": _MANDATED,
    "introduction": {
        "claimant": frozenset({"broker"}),
        "introduced": ENTERPRISE | UNIVERSITY,
        "introduced_binder": frozenset({"approver", "org_admin", "university_admin"}),
    },
    "contract_paper": _CONTRACT,
    "contract_section": _CONTRACT,
    "contract_term": _CONTRACT,
    "contract_evidence": _CONTRACT,
    "contract_payment": _CONTRACT,
    "contract_milestone": _CONTRACT,
    "contract_amendment": _CONTRACT,
    "contract_outside": {
        "keeper": ENTERPRISE,
        "keeper_binder": frozenset({"approver", "org_admin"}),
    },
    "rated": {"answering": ENTERPRISE, "asking": UNIVERSITY},
    "enquiry": _ENQUIRY,
    "hidden_enquiry": _ENQUIRY,
    "told_enquiry of_organization": _ENQUIRY,
    "told_enquiry of_visitor": {"answering": ENTERPRISE},
    # Sold by the enterprise, bought by the university.
    "checked_contract": {"seller": ENTERPRISE, "buyer": UNIVERSITY},
    "asked": {**_OWNED, "mandated": frozenset({"broker"})},
    # The enterprise sells and registers, the university buys.
    "registration": _SOLD,
    "to_file": _SOLD,
    "absorbed": _SOLD,
    # The host's administrators answer.
    "visit": {
        "guest": ENTERPRISE,
        "host": UNIVERSITY,
        "host_admin": frozenset({"university_admin"}),
    },
}


class BadExpression(ValueError):
    """An audience that is not known, or an expression that cannot be read."""


def relations_of(subject: str, state: str = "") -> Relations:
    """Who stands in which relation to the object of this kind in this state."""
    return RELATIONS.get(subject, {}) | RELATIONS.get(f"{subject} {state}", {})


def audiences(subject: str = "", state: str = "") -> Mapping[str, frozenset[str]]:
    """Every audience that a row about this object can name.

    `strangers` are signed in, stand in no relation to the object and read nothing by their office.
    """
    relations = relations_of(subject, state)
    if shadowed := set(relations) & set(GROUPS):
        raise BadExpression(f"{sorted(shadowed)}: a relation is called like a group")
    related: frozenset[str] = frozenset().union(*relations.values())
    strangers = GROUPS["signed_in"] - GROUPS["readers"] - related
    return {**GROUPS, **relations, "strangers": strangers}


def expand(expression: str, subject: str = "", state: str = "") -> frozenset[str]:
    """`a + b - c`, read from left to right, as roles. Raises BadExpression."""
    known = audiences(subject, state)
    parts = re.split(r"\s+([+-])\s+", expression.strip())
    roles: frozenset[str] = frozenset()
    for sign, name in zip(["+", *parts[1::2]], parts[::2], strict=True):
        if name not in known:
            raise BadExpression(
                f"no audience {name!r} of {subject or 'no object'} in {expression!r}"
            )
        roles = roles | known[name] if sign == "+" else roles - known[name]
    if not roles:
        raise BadExpression(f"{expression!r} is nobody")
    return roles


def likeness(role: str, subject: str = "", state: str = "") -> str:
    """Roles of one likeness stand alike to this object: their pages need drawing only once."""
    relations = relations_of(subject, state)
    held = "+".join(sorted(name for name, roles in relations.items() if role in roles))
    office = next(
        name
        for name in ("visitor", "reviewers", "overseers", "specialists", "publishers")
        if role in GROUPS[name]
    )
    return held or office
