"""Brokers in any state with certificates, made as people would make them."""

from datetime import date
from typing import Any

from marketplace.brokerage import services
from marketplace.brokerage.models import Broker, Certificate
from marketplace.brokerage.workflow import BrokerStatus
from marketplace.kernel import clock
from marketplace.parties.models import User
from tests.factories.parties import UserFactory, make_staff

COMPLETE: dict[str, Any] = {
    "name": "李经纪",
    "employment": "independent",
    "fields": ["05"],
    "industries": ["materials.magnetic"],
    "districts": ["371302"],
    "languages": ["zh", "en"],
    "introduction": "从事磁性材料和机械制造领域的技术转移八年，熟悉企业技改需求的梳理和高校成果的评估。",
    "phone": "13905390001",
    "email": "broker-public@example.com",
}


def make_broker(user: User | None = None, *, state: str = "entered", **values: Any) -> Broker:
    """A complete entry of `user` (a new person by default) in `state`, through the services."""
    user = user or UserFactory(name="李经纪")
    broker = services.apply(actor=user)
    filled = {**COMPLETE, "consents": {"entry": clock.now().isoformat()}, **values}
    Broker.objects.filter(pk=broker.pk).update(declared_at=clock.now(), **filled)
    broker.refresh_from_db()
    return advance(broker, user, state)


def advance(broker: Broker, user: User, state: str) -> Broker:
    """Bring a draft to `state` by the moves that people would make."""
    if state == BrokerStatus.DRAFT:
        return broker
    broker = services.submit(broker, actor=user)
    if state == BrokerStatus.SUBMITTED:
        return broker
    registrar = make_staff("registrar_city")
    if state in {BrokerStatus.RETURNED, BrokerStatus.DECLINED}:
        move, reason = {"returned": ("return", "text"), "declined": ("decline", "false")}[state]
        return services.decide(broker, move, reasons=[reason], actor=registrar)
    broker = services.enter(broker, actor=registrar)
    if state == BrokerStatus.SUSPENDED:
        return services.decide(broker, "suspend", remark="核查投诉", actor=registrar)
    if state == BrokerStatus.REMOVED:
        return services.decide(broker, "remove", reasons=["false"], actor=registrar)
    return broker


def make_certificate(broker: Broker, **values: Any) -> Certificate:
    """A checked certificate of the middle level, valid for years to come."""
    filled = {
        "scheme": "torch",
        "level": "middle",
        "number": f"JJR{broker.pk:06d}",
        "issuer": "科技部火炬中心",
        "valid_from": date(2024, 5, 1),
        "valid_until": date(2029, 4, 30),
        "checked_at": clock.now(),
        **values,
    }
    return Certificate.objects.create(broker=broker, **filled)
