"""The inbox of enquiries among 50,000, beside the plain list of achievements of the same run.

By itself: `python -m tests.benchmarks.scale.enquiries [count]`, on the database of DATA_DIR.
"""

import gc
import sys
import time
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
#: Rounds that are not counted.
WARM = 5
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


#: What a page is asked as: the client of a reader, and the address.
Asked = tuple[Client, str]


def pages(cast: Cast, asker: Organization) -> dict[str, Asked]:
    """The inbox of whoever has all of them, of one asker, of staff; board and list of a broker who follows all."""
    broker = make_broker(cast.broker)
    ids = Enquiry.objects.order_by("pk").values_list("pk", flat=True)
    Pursuit.objects.bulk_create(
        (
            Pursuit(broker=broker, enquiry_id=pk, stage=BOARD[n % len(BOARD)])
            for n, pk in enumerate(ids)
        ),
        batch_size=_BATCH,
    )
    people = {
        "inbox of the university that has all enquiries": cast.university_member,
        "inbox of one asker": make_member(asker, name="咨询人"),
        "inbox of an auditor": cast.auditor,
    }
    found: dict[str, Asked] = {}
    for name, person in people.items():
        client = _signed_in(person)
        found[name] = client, "/workbench/enquiries/"
        found[f"{name}, waiting"] = client, "/workbench/enquiries/?turn=mine"
    client, address = _signed_in(cast.broker), "/workbench/brokerage/pipeline/"
    found["board of a broker with all enquiries"] = client, address
    found["list of a broker with all enquiries"] = client, f"{address}?show=list"
    return found


def _signed_in(person: Any) -> Client:
    client = Client()
    client.force_login(person, backend=_BACKEND)
    return client


def timed_in_turn(wanted: dict[str, Asked], rounds: int = PAGES) -> dict[str, tuple[float, float]]:
    """p50 and p95 of the processor's time for whole pages in milliseconds.

    The pages are asked in turn, and what other processes do on the machine is left out: so the ratios of
    one run can be compared.
    """
    RateBucket.objects.all().delete()
    times: dict[str, list[float]] = {name: [] for name in wanted}
    for number in range(-WARM, rounds):
        for name, (client, address) in wanted.items():
            gc.collect()
            began = time.process_time()
            answer = client.get(address)
            spent = (time.process_time() - began) * 1000
            assert answer.status_code == 200, (address, answer.status_code)
            if number >= 0:
                times[name].append(spent)
    ordered = {name: sorted(found) for name, found in times.items()}
    return {name: (t[len(t) // 2], t[int(len(t) * 0.95)]) for name, t in ordered.items()}


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
    plain = "plain list of achievements"
    found = timed_in_turn({plain: (Client(), "/achievements/"), **pages(cast, asker)})
    sys.stdout.write(f"{Enquiry.objects.count()} enquiries\n")
    for name, (middle, slow) in found.items():
        ratios = f"{middle / found[plain][0]:.2f} / {slow / found[plain][1]:.2f}"
        sys.stdout.write(f"{name}: p50 {middle:.1f} ms, p95 {slow:.1f} ms, ratios {ratios}\n")


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else COUNT)
