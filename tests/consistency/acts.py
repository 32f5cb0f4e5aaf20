"""What people do, as a process of its own: `python -m tests.consistency.acts ACT …`.

Each act prints a line when a change is committed, so that who started it can act in the middle.
"""

import secrets
import sys

import django

django.setup()

from django.core.management import call_command  # noqa: E402
from django.db import transaction  # noqa: E402

from marketplace.journal import jobs  # noqa: E402
from marketplace.kernel import clock  # noqa: E402
from marketplace.listings import services as listing_services  # noqa: E402
from marketplace.needs.models import Need  # noqa: E402
from marketplace.parties.models import Organization, User  # noqa: E402
from search import engine, schema  # noqa: E402
from search.plan import row_of  # noqa: E402
from tests.consistency.canaries import DRAFT, SECRET  # noqa: E402
from tests.factories.needs import COMPLETE, make_need  # noqa: E402
from tests.factories.parties import OrganizationFactory, make_member, make_staff  # noqa: E402


def say(text: object) -> None:
    sys.stdout.write(f"{text}\n")
    sys.stdout.flush()


def author() -> User:
    return User.objects.get(name="甲")


def registrar() -> User:
    return make_staff("registrar_city", email=f"{secrets.token_hex(6)}@example.com")


def setup() -> None:
    """Tables, code lists, an enterprise with its author, empty indexes."""
    call_command("migrate", verbosity=0)
    call_command("createcachetable", verbosity=0)
    make_member(OrganizationFactory(), name="甲")
    for spec in schema.all_specs():
        engine.rebuild(spec.name)


def prepare(count: str) -> None:
    """So many needs that wait for review, each with a secret, and one draft."""
    owner, writer = Organization.objects.earliest("pk"), author()
    make_need(owner, writer, title=DRAFT, confidential=SECRET)
    made = {"owner": owner, "author": writer, "status": "in_review", "submitted_at": clock.now()}
    values = {**COMPLETE, **made, "confidential": SECRET}
    rows = [
        Need(**{**values, "title": f"第{number}项高速主轴轴承降噪"}) for number in range(int(count))
    ]
    for need in Need.objects.bulk_create(rows):
        say(need.code)


def publish() -> None:
    """Publish all that wait, each in its own transaction."""
    actor = registrar()
    for need in Need.objects.filter(status="in_review").order_by("pk"):
        listing_services.move(need, "publish", actor=actor)
        say(need.code)


def publish_and_roll_back(code: str) -> None:
    """Publish, and let the transaction fail at its end."""
    try:
        with transaction.atomic():
            listing_services.move(Need.objects.get(code=code), "publish", actor=registrar())
            raise RuntimeError  # noqa: TRY301 -- the failure of a transaction is what is tried
    except RuntimeError:
        say("rolled back")


def withdraw(code: str) -> None:
    """Take a need down."""
    listing_services.move(
        Need.objects.get(code=code), "withdraw", actor=author(), reason="不再需要"
    )
    say("withdrawn")


def renew(code: str, times: str) -> None:
    """Change a published need so many times."""
    for turn in range(int(times)):
        with transaction.atomic():
            need = Need.objects.select_for_update().get(code=code)
            listing_services.move(need, "renew", actor=author(), days=100 + turn % 200)
    say("renewed")


def stale(code: str) -> None:
    """Read a need's document now, write it into the index when told to: a job that was held back."""
    spec = schema.get("needs")
    rows = [row_of(spec, str(id_), rev, doc) for id_, rev, doc in spec.source([code])]
    say("held")
    sys.stdin.readline()
    engine.backend().refresh(spec, [code], lambda _ids, _held=None: iter(rows))
    say("written")


def long_job() -> None:
    """Queue the job of sixty steps."""
    jobs._kinds.setdefault("tests.steps", jobs.JobKind("步骤", lambda _row: None))
    say(jobs.start_job("tests.steps", actor=None, payload={}, total=60).code)


if __name__ == "__main__":
    act, *arguments = sys.argv[1:]
    globals()[act](*arguments)
