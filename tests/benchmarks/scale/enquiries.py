"""The inbox of enquiries among 50,000, beside the plain list of achievements of the same run.

By itself: `python -m tests.benchmarks.scale.enquiries [count]`, on the database of DATA_DIR.
"""

import sys
import time
from collections.abc import Callable, Sequence
from datetime import timedelta
from typing import Any

import django

if __name__ == "__main__":
    django.setup()

from django.core.management import call_command
from django.test import Client

from marketplace.achievements.models import Achievement
from marketplace.brokerage.models import Pursuit
from marketplace.brokerage.models.desk import BOARD
from marketplace.enquiries.models import Enquiry, Message
from marketplace.kernel import clock
from marketplace.kernel.statistics import refresh_statistics
from marketplace.parties.models import Organization
from marketplace.web.models import RateBucket
from tests.benchmarks.scale.world import numbered_code
from tests.cast import Cast
from tests.factories.brokerage import make_broker
from tests.factories.parties import OrganizationFactory, make_member

COUNT = 50_000
ASKERS = 200
PAGES = 60
_BATCH = 1000
_BACKEND = "django.contrib.auth.backends.ModelBackend"
_STATES = ("open", "talking", "talking", "agreed", "closed")


def fill(cast: Cast, count: int = COUNT) -> Organization:
    """Enquiries of many organisations about the achievements of one university; one of the askers."""
    askers = [OrganizationFactory(name=f"咨询单位 {n}") for n in range(ASKERS)]
    listings = list(Achievement.objects.order_by("pk")[: count // ASKERS])
    now = clock.now()
    pairs = [(listing, asker) for listing in listings for asker in askers]
    for start in range(0, len(pairs), _BATCH):
        made = Enquiry.objects.bulk_create(
            Enquiry(
                code=numbered_code("ZX", n),
                kind="achievements",
                listing_id=listing.pk,
                listing_code=listing.code,
                listing_title=listing.title,
                owner=cast.university,
                asker=asker,
                status=_STATES[n % len(_STATES)],
                last_side="owner" if n % 3 else "asker",
                last_message_at=now - timedelta(minutes=n),
            )
            for n, (listing, asker) in enumerate(pairs[start : start + _BATCH], start)
        )
        Message.objects.bulk_create(
            Message(
                enquiry=row, side="asker", text="想了解适用条件和费用。", at=row.last_message_at
            )
            for row in made
        )
    return askers[0]


def pages(cast: Cast, asker: Organization) -> dict[str, tuple[float, float]]:
    """p50 and p95 of the inbox in milliseconds: of whoever has all of them, of one asker, of staff."""
    people = {
        "inbox of the university that has all enquiries": cast.university_member,
        "inbox of one asker": make_member(asker, name="咨询人"),
        "inbox of an auditor": cast.auditor,
    }
    found = {}
    for name, person in people.items():
        client = Client()
        client.force_login(person, backend=_BACKEND)
        found[name] = timed_page(client, ["/workbench/enquiries/"] * PAGES)
        found[f"{name}, waiting"] = timed_page(client, ["/workbench/enquiries/?turn=mine"] * PAGES)
    return found | _pipeline(cast)


def _pipeline(cast: Cast) -> dict[str, tuple[float, float]]:
    """The board and the list of a broker who follows every one of the enquiries."""
    broker = make_broker(cast.broker)
    ids = Enquiry.objects.order_by("pk").values_list("pk", flat=True)
    Pursuit.objects.bulk_create(
        (
            Pursuit(broker=broker, enquiry_id=pk, stage=BOARD[n % len(BOARD)])
            for n, pk in enumerate(ids)
        ),
        batch_size=_BATCH,
    )
    client = Client()
    client.force_login(cast.broker, backend=_BACKEND)
    address = "/workbench/brokerage/pipeline/"
    return {
        "board of a broker with all enquiries": timed_page(client, [address] * PAGES),
        "list of a broker with all enquiries": timed_page(client, [f"{address}?show=list"] * PAGES),
    }


def timed_page(client: Client, addresses: Sequence[str]) -> tuple[float, float]:
    """p50 and p95 of whole pages in milliseconds."""
    RateBucket.objects.all().delete()

    def fetch(address: str) -> None:
        answer = client.get(address)
        assert answer.status_code == 200, (address, answer.status_code)

    return _timed(fetch, addresses)


def _timed(call: Callable[[Any], object], inputs: Sequence[Any]) -> tuple[float, float]:
    for one in inputs[:5]:
        call(one)
    times = []
    for one in inputs:
        began = time.perf_counter()
        call(one)
        times.append((time.perf_counter() - began) * 1000)
    times.sort()
    return times[len(times) // 2], times[int(len(times) * 0.95)]


def main(count: int) -> None:
    """A small city with this many enquiries, and the ratio of each inbox to the plain list."""
    from tests.benchmarks.scale import world
    from tests.cast import make_cast

    call_command("migrate", verbosity=0)
    call_command("createcachetable", verbosity=0)
    cast = make_cast()
    words = ["永磁材料晶界扩散降低重稀土用量。适用于伺服电机。已在两条产线上使用一年。"]
    world.fill(cast, words, max(400, count // ASKERS))
    world.build()
    asker = fill(cast, count)
    refresh_statistics()
    visitor = Client()
    plain = timed_page(visitor, ["/achievements/"] * PAGES)
    sys.stdout.write(f"{Enquiry.objects.count()} enquiries\n")
    sys.stdout.write(f"plain list: p50 {plain[0]:.1f} ms, p95 {plain[1]:.1f} ms\n")
    for name, (middle, slow) in pages(cast, asker).items():
        ratio = slow / plain[1]
        sys.stdout.write(f"{name}: p50 {middle:.1f} ms, p95 {slow:.1f} ms, ratio {ratio:.2f}\n")


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else COUNT)
