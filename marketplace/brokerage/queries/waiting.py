"""How much of brokerage waits for a person: asked together, and once for all parts of a page."""

from collections import Counter
from typing import Any

from django.db.models import QuerySet

from marketplace.brokerage.models import Broker
from marketplace.brokerage.policies import DECIDERS
from marketplace.brokerage.queries.desk import open_tasks_of
from marketplace.brokerage.queries.introductions import (
    appeals,
    to_rule,
    to_rule_under_one_key,
    unanswered_by,
    undecided_under_an_old_key,
)
from marketplace.brokerage.queries.mandates import proposed_to, versions_proposed_to
from marketplace.brokerage.queries.register import brokers_to_decide, to_check, to_consent
from marketplace.brokerage.queries.requests import open_requests_for
from marketplace.brokerage.workflow import BrokerStatus
from marketplace.kernel.actors import Actor
from marketplace.kernel.counting import Lists
from marketplace.parties.policies import Role, access_of
from marketplace.parties.queries.counting import counted_for_menu, counted_for_todos
from marketplace.web.once_a_request import once_a_request


@once_a_request
def waiting_counts(user: Actor) -> Counter[str]:
    """What the menu of every page counts, by name.

    "mandates", "versions", "introductions", "entries", "rulings", "appeals". The operator has one more query
    while claims are undecided that an organisation's credit code has put under two keys.
    """
    counts = Counter(_waiting(user))
    if counts.pop("under_old_keys", 0):
        counts["rulings"] = to_rule().count()
    return counts


@counted_for_menu
def _waiting(user: Any) -> Lists:
    access = access_of(user)
    lists: dict[str, QuerySet[Any]] = {}
    if access.binding or access.has(Role.BROKER):
        lists["mandates"] = proposed_to(user)
        lists["versions"] = versions_proposed_to(user)
    if access.binding:
        lists["introductions"] = unanswered_by(user)
    if access.has(*DECIDERS):
        lists["entries"] = brokers_to_decide(user)
    if access.has(Role.OPERATOR):
        lists["rulings"] = to_rule_under_one_key()
        lists["under_old_keys"] = undecided_under_an_old_key()
    if access.has(Role.OPERATOR, Role.AUTHORITY):
        lists["appeals"] = appeals().exclude(ruled_by_id=user.pk)
    return lists


@counted_for_todos
def todo_counts(user: Any) -> Lists:
    """What only the list of things to do asks for, by name."""
    access = access_of(user)
    unfinished = (BrokerStatus.DRAFT, BrokerStatus.RETURNED)
    lists: dict[str, QuerySet[Any]] = {
        "own": Broker.objects.filter(user_id=user.pk, status__in=unfinished)
    }
    if access.binding:
        lists["consents"] = to_consent(user)
    if access.has(Role.BROKER):
        lists["tasks"] = open_tasks_of(user)
        lists["requests"] = open_requests_for(user)
    if access.has(*DECIDERS):
        lists["certificates"] = to_check(user)
    return lists
