"""What the public reads of a broker: pages, API and search index all take it from here.

An item that the broker has not agreed to publish is empty here, so that no door can show it by mistake
(个人信息保护法 25). Nothing here is a scan, a written consent or an unchecked certificate.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from marketplace.brokerage.models import Broker, Certificate, Training
from marketplace.brokerage.rulebook import LANGUAGES, level_of
from marketplace.brokerage.workflow import BrokerStatus
from marketplace.files.models import Attachment
from marketplace.files.queries import attachments_for
from marketplace.parties.models import Organization

#: Brokers that the page of an organisation lists.
MOST_SHOWN = 12


@dataclass(frozen=True)
class ShownCertificate:
    """A checked certificate as it may be shown; `number` is empty without consent to it."""

    scheme: str
    level: str
    label: str
    issuer: str
    valid_from: date
    valid_until: date | None
    is_expired: bool
    number: str = ""


@dataclass(frozen=True)
class Face:
    """A broker as anybody sees one. Contacts are for readers who are signed in."""

    broker: Broker
    organization: Organization | None = None
    unit: str = ""
    certificates: Sequence[ShownCertificate] = ()
    trainings: Sequence[Training] = ()
    portrait: Attachment | None = None
    phone: str = ""
    email: str = ""
    #: The best level among certificates that hold today; "" for none.
    level: str = ""
    schemes: Sequence[str] = field(default_factory=list)

    @property
    def shows_numbers(self) -> bool:
        """Whether the numbers of certificates are published."""
        return self.broker.shows("certificate_numbers")

    @property
    def languages(self) -> list[Any]:
        """The working languages in words."""
        return [label for code, label in LANGUAGES if code in self.broker.languages]

    @property
    def where(self) -> str:
        """The organisation's or the unit's name; "" where it is not published."""
        return self.organization.name if self.organization else self.unit

    @property
    def hours(self) -> int:
        """Hours of training of all years that are shown."""
        return sum(row.hours for row in self.trainings)


def faces_of(brokers: Iterable[Broker]) -> list[Face]:
    """The public side of these entries in their order; three queries however many there are."""
    rows = list(brokers)
    ids = [row.pk for row in rows]
    certificates = _grouped(
        Certificate.objects.filter(broker__in=ids, checked_at__isnull=False).order_by(
            "-valid_from", "pk"
        )
    )
    trainings = _grouped(Training.objects.filter(broker__in=ids))
    portraits = attachments_for("brokerage.portrait", ids, "public")
    return [
        _face(
            row,
            certificates.get(row.pk, []),
            trainings.get(row.pk, []),
            portraits.get(row.pk, []),
        )
        for row in rows
    ]


def face_of(broker: Broker) -> Face:
    """The public side of one entry, whatever its state: the preview shows it too."""
    return faces_of([broker])[0]


def brokers_by_organization(ids: Sequence[int]) -> dict[int, list[Face]]:
    """The brokers in the register who are shown with these organisations, by organisation and name.

    At most MOST_SHOWN of each: the directory has them all. Four queries however many there are.
    """
    rows = Broker.objects.filter(
        organization_id__in=ids, status=BrokerStatus.ENTERED
    ).select_related("user", "organization")
    found: dict[int, list[Face]] = {}
    for face in faces_of(rows.order_by("name", "pk")[: MOST_SHOWN * max(1, len(ids))]):
        if face.organization is not None:
            found.setdefault(face.organization.pk, []).append(face)
    return {pk: faces[:MOST_SHOWN] for pk, faces in found.items()}


def _grouped(rows: Iterable[Any]) -> dict[int, list[Any]]:
    found: dict[int, list[Any]] = {}
    for row in rows:
        found.setdefault(row.broker_id, []).append(row)
    return found


def _face(
    broker: Broker,
    certificates: Sequence[Certificate],
    trainings: Sequence[Training],
    portraits: Sequence[Attachment],
) -> Face:
    org = broker.organization if broker.shows("organization") else None
    if org is not None and not org.is_verified:
        # Unchecked or suspended organisations are not named in public.
        org = None
    shown = certificates if broker.shows("certificates") else []
    with_number = broker.shows("certificate_numbers")
    held = [row for row in shown if not row.is_expired]
    return Face(
        broker=broker,
        organization=org,
        unit=broker.unit if broker.shows("organization") and broker.organization is None else "",
        certificates=[_certificate(row, with_number=with_number) for row in shown],
        trainings=trainings if broker.shows("training") else [],
        portrait=portraits[-1] if portraits and broker.shows("portrait") else None,
        phone=broker.phone if broker.shows("phone") else "",
        email=broker.email if broker.shows("email") else "",
        level=level_of(row.level for row in held),
        schemes=sorted({row.scheme for row in held}),
    )


def _certificate(row: Certificate, *, with_number: bool) -> ShownCertificate:
    return ShownCertificate(
        scheme=row.scheme,
        level=row.level,
        label=row.label,
        issuer=row.issuer,
        valid_from=row.valid_from,
        valid_until=row.valid_until,
        is_expired=row.is_expired,
        number=row.number if with_number else "",
    )
