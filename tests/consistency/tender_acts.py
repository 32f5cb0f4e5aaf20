"""What people do around one sealed tender, as a process of its own: it reads acts, and answers each with a line.

What may be killed, the worker that opens bids, is a child of it. Browsers are played by the test (`bidders.py`); what theirs have made beforehand, the sealed files, lies in DATA_DIR/load.
"""

import hashlib
import itertools
import json
import os
import signal
import sys
import time
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any

import django

django.setup()

from django.conf import settings  # noqa: E402
from django.db import connection, transaction  # noqa: E402
from django.test import Client  # noqa: E402

from cryptography.hazmat.primitives.asymmetric import ec  # noqa: E402

from marketplace.bids import queries as bid_queries  # noqa: E402
from marketplace.bids import services as bids  # noqa: E402
from marketplace.bids.adapters.signing import receipt_key  # noqa: E402
from marketplace.bids.models import Bid, Closing, Envelope, Receipt  # noqa: E402
from marketplace.bids.rulebook import PLEDGE  # noqa: E402
from marketplace.custody import sealing  # noqa: E402
from marketplace.custody.models import Custodian  # noqa: E402
from marketplace.files.models import Attachment  # noqa: E402
from marketplace.journal import services as journal  # noqa: E402
from marketplace.journal.models import Delivery, Entry  # noqa: E402
from marketplace.kernel import clock  # noqa: E402
from marketplace.openings import services as openings  # noqa: E402
from marketplace.openings.models import OPENED_FILES, OpenedBid, Opening  # noqa: E402
from marketplace.openings.services import clockwork, unpacking  # noqa: E402
from marketplace.parties.models import Organization, User  # noqa: E402
from marketplace.tenders.models import Tender  # noqa: E402
from tests.factories import parties as factories  # noqa: E402
from tests.factories.bids import Keepers, form_for, make_draft, make_sealed_tender  # noqa: E402
from tests.factories.files import pdf_bytes  # noqa: E402
from tests.factories.openings import shares  # noqa: E402
from tests.factories.parties import OrganizationFactory, UserFactory, make_member  # noqa: E402

FOLDER = Path(os.environ["DATA_DIR"]) / "load"
#: While this file stands, the process ends by SIGKILL at the place that it names, once.
DIE = Path(os.environ["DATA_DIR"]) / "die-at"
journal.ATTEMPTS = replace(journal.ATTEMPTS, lease=timedelta(seconds=1))


def say(found: Any) -> None:
    sys.stdout.write(json.dumps(found) + "\n")
    sys.stdout.flush()


def tender() -> Tender:
    return Tender.objects.select_related("owner").latest("pk")


def prepare(count: str, size: str) -> None:
    """A tender that takes sealed bids; so many bidders, signed in, with two sealed files of so many bytes each."""
    # Each process counts anew; the rows of those before it are in the database.
    first = 1000 + Organization.objects.count()
    factories._serial = itertools.count(first)
    for one in (OrganizationFactory, UserFactory):
        one.reset_sequence(first + User.objects.count())
    owner = OrganizationFactory()
    row, keepers = make_sealed_tender(owner, make_member(owner, "approver"))
    keys = {code: key.private_numbers().private_value for code, key in keepers.keys.items()}
    FOLDER.mkdir(exist_ok=True)
    (FOLDER / "keepers.json").write_text(json.dumps(keys))
    plans = []
    for _number in range(int(count)):
        org = OrganizationFactory()
        person = make_member(org, "org_admin")
        bid = make_draft(row, org, person)
        client = Client()
        client.force_login(person, backend="django.contrib.auth.backends.ModelBackend")
        session = client.cookies[settings.SESSION_COOKIE_NAME].value
        plans.append(
            {
                "bid": bid.code,
                "rev": bid.rev,
                "terms_rev": row.terms_rev,
                "answers": [one["number"] for one in form_for(row)["answers"]],
                "pledge": PLEDGE,
                "session": session,
                "session_name": settings.SESSION_COOKIE_NAME,
                "csrf_name": settings.CSRF_COOKIE_NAME,
                **_sealed(bid, int(size)),
            }
        )
    say({"tender": row.code, "bidders": plans})


def _sealed(bid: Bid, size: int) -> dict[str, Any]:
    """Seal as the browser of a bidder does, into files: the header, and the paths in its order."""
    folder = FOLDER / bid.code
    folder.mkdir()

    def write(index: int, data: bytes) -> None:
        with (folder / str(index)).open("ab") as out:
            out.write(data)

    terms = bid_queries.terms_of_lot(bid.tender, bid.lot)
    sealer = sealing.BidSealer(terms, bid.code, 1, write)
    head = sealer._head
    public = sealing.public_bytes(ec.generate_private_key(ec.SECP256R1()))
    box, _once = sealing.seal_box(
        "recovery", head, "bidder", public, sealing.from_base64(sealer.code)
    )
    head |= {"recovery": box, "sealed_by": "browser"}
    for name in ("方案.pdf", "图纸.pdf"):
        data = pdf_bytes()
        # What stands after the end of a PDF is no part of it.
        sealer.file(name).update(
            data + b"\n%" + os.urandom(max(0, size - len(data)) // 2).hex().encode()
        )
    header = sealer.finish(form_for(bid.tender))
    paths = sorted(folder.iterdir(), key=lambda place: int(place.name))
    return {"header": sealing.to_base64(header), "files": [str(path) for path in paths]}


def deadline(seconds: str) -> None:
    """The deadline is in so many seconds; the instant in seconds since 1970."""
    row, now = tender(), clock.database_now()
    at = now + timedelta(seconds=float(seconds))
    Tender.objects.filter(pk=row.pk).update(
        starts_at=now - timedelta(2),
        deadline=at,
        first_deadline=now - timedelta(1),
        questions_until=now - timedelta(1),
        answers_until=now - timedelta(1),
        answers_checked_at=now,
        next_check=at,
    )
    say({"deadline": at.timestamp()})


def begin_opening() -> None:
    """The opening begins, as the clock of the worker does it; two keepers post their shares."""
    opening = openings.up_to_date(tender())
    assert opening is not None
    keys = json.loads((FOLDER / "keepers.json").read_text())
    keepers = Keepers(
        rows=list(Custodian.objects.filter(code__in=keys).order_by("pk")),
        keys={
            code: ec.derive_private_key(int(value), ec.SECP256R1()) for code, value in keys.items()
        },
    )
    for keeper in keepers.rows[:2]:
        opening = Opening.objects.select_related("tender__owner").get(pk=opening.pk)
        openings.post_shares(opening, keeper, shares(opening, keepers, keeper), actor=keeper.person)
    say({"waiting": OpenedBid.objects.filter(opening=opening, outcome="waiting").count()})


def deliver() -> None:
    """A worker of its own delivers until nothing waits; where DIE says so, it dies within. The signal that ended it."""
    # No socket is shared with the child.
    connection.close()
    connection.close_pool()
    child = os.fork()
    if child == 0:
        _arm()
        until = time.monotonic() + 120
        while Delivery.objects.filter(status="pending").exists() and time.monotonic() < until:
            journal.drain()
            time.sleep(0.1)
        os._exit(0)
    _pid, ended = os.waitpid(child, 0)
    waiting = Delivery.objects.filter(status="pending").count()
    say({"killed": os.WIFSIGNALED(ended) and os.WTERMSIG(ended), "pending": waiting})


def _arm() -> None:
    """Two places at which the process may die: after the first bid was opened, and while a file is noted."""
    note, record = unpacking._note, clockwork.record

    def die(place: str) -> None:
        if DIE.exists() and DIE.read_text() == place:
            DIE.unlink()
            os.kill(os.getpid(), signal.SIGKILL)

    def noting(row: OpenedBid, index: int, *said: Any, **named: Any) -> None:
        note(row, index, *said, **named)
        if index == 1:
            # The second file is stored and noted, and nothing of it is committed.
            die("note")

    def recording(row: OpenedBid, verdict: object) -> bool:
        done = record(row, verdict)
        die("record")
        return done

    unpacking._note, clockwork.record = noting, recording


def verify() -> None:
    """What is stored, after the close: every receipt of the chain verifies, and the list names what is live."""
    row = tender()
    envelopes = Envelope.objects.filter(bid__tender=row)
    with transaction.atomic():
        closing = bids.record_closing(row)
    chain = [
        (one.blind, bytes(one.raw)) for one in Receipt.objects.filter(tender=row).order_by("number")
    ]
    sealing.verify_receipts(receipt_key().public_key(), chain)
    found = OpenedBid.objects.filter(opening__tender=row)
    listed = [file["code"] for one in found for file in one.files]
    kept = Attachment.objects.filter(subject_kind=OPENED_FILES, subject_id__in=found)
    say(
        {
            "envelopes": dict(envelopes.values_list("bid__code", "header_hash")),
            "count": envelopes.count(),
            "late": envelopes.filter(received_at__gte=row.deadline).count(),
            "receipts": {
                one.envelope.bid.code: hashlib.sha256(bytes(one.raw)).hexdigest()
                for one in Receipt.objects.filter(tender=row).select_related("envelope__bid")
            },
            "chain": len(chain),
            "closed": closing is not None,
            "list": list(Closing.objects.filter(tender=row).values_list("hashes", flat=True))[:1],
            "outcomes": sorted(found.values_list("outcome", flat=True)),
            "opened_events": Entry.objects.filter(
                event="BidOpened", subject_id__in=found.values("bid")
            ).count(),
            "listed": sorted(listed),
            "kept": sorted(kept.values_list("code", flat=True)),
        }
    )


def verify_count() -> None:
    """How many bids of the tender the server has sealed."""
    rows = Envelope.objects.filter(bid__tender=tender(), sealed_by="server")
    say({"sealed_by_server": rows.count()})


if __name__ == "__main__":
    for line in sys.stdin:
        name, *arguments = json.loads(line)
        globals()[name](*arguments)
