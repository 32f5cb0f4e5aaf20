"""Proof (i): whatever happens in whatever order, after a drain the index is what is published."""

from collections.abc import Iterator
from contextlib import suppress
from datetime import timedelta
from typing import Any
from urllib.parse import urlsplit

from django.contrib.auth.models import AnonymousUser

import pytest
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    Bundle,
    RuleBasedStateMachine,
    consumes,
    invariant,
    rule,
    run_state_machine_as_test,
)

from marketplace.journal import services as journal
from marketplace.journal.models import Delivery
from marketplace.kernel import clock
from marketplace.listings import queries as listings
from marketplace.listings import services as listing_services
from marketplace.needs.models import Need
from search import active_backends, engine, schema
from search.query import Query
from tests.cast import Cast
from tests.consistency.canaries import DRAFT, SECRET
from tests.consistency.relay import Relay
from tests.factories.needs import make_need
from tests.services import SEARCH_URL, client, own_prefix

WORD = "高速主轴轴承降噪"


class WorkerKilled(BaseException):
    """What no `except Exception` holds up."""


class Site(RuleBasedStateMachine):
    """Needs in every state, a worker that dies, a cluster that goes and comes."""

    cast: Cast
    relay: Relay
    drafts: Bundle[int] = Bundle("drafts")
    published: Bundle[int] = Bundle("published")

    def __init__(self) -> None:
        super().__init__()
        Delivery.objects.all().delete()
        Need.objects.all().delete()
        engine.rebuild("needs")
        self.passed = timedelta(0)

    # --- what people do -----------------------------------------------------------------------
    @rule(target=drafts)
    def save(self) -> int:
        """A draft with a secret in it."""
        values = {"title": f"{WORD} {DRAFT}", "confidential": SECRET}
        return make_need(self.cast.enterprise, self.cast.member, **values).pk

    @rule(target=published, draft=consumes(drafts))
    def publish(self, draft: int) -> int:
        need = Need.objects.get(pk=draft)
        listing_services.save_step(need, actor=self.cast.member, values={"title": WORD}, rows={})
        need = listing_services.move(need, "submit", actor=self.cast.member)
        return listing_services.move(need, "publish", actor=self.cast.registrar_city).pk

    @rule(need=published, days=st.integers(30, 700))
    def renew(self, need: int, days: int) -> None:
        listing_services.move(Need.objects.get(pk=need), "renew", actor=self.cast.member, days=days)

    @rule(need=consumes(published))
    def withdraw(self, need: int) -> None:
        listing_services.move(
            Need.objects.get(pk=need), "withdraw", actor=self.cast.member, reason="不再需要"
        )

    @rule(target=drafts, need=consumes(published))
    def revise(self, need: int) -> int:
        """Taken back for changes: a draft again."""
        row = listing_services.move(Need.objects.get(pk=need), "revise", actor=self.cast.member)
        listing_services.save_step(
            row, actor=self.cast.member, values={"title": WORD + DRAFT}, rows={}
        )
        return need

    # --- what happens to machines -------------------------------------------------------------
    @rule()
    def cluster_down(self) -> None:
        self.relay.cut()

    @rule()
    def cluster_up(self) -> None:
        self.relay.restore()

    @rule(before=st.booleans())
    def worker_crash(self, before: bool) -> None:
        """A worker dies with what it had claimed: before it did the work, or after."""
        run = journal._run

        def die(*given: Any) -> None:
            if not before:
                run(*given)
            raise WorkerKilled

        with pytest.MonkeyPatch.context() as patch, clock.shift(self.passed):
            patch.setattr(journal, "_run", die)
            with suppress(WorkerKilled):
                journal.drain()

    @rule()
    def drain(self) -> None:
        """A worker delivers; leases and pauses are over."""
        self.passed += timedelta(hours=2)
        with clock.shift(self.passed):
            journal.drain()

    # --- what must be so ----------------------------------------------------------------------
    @invariant()
    def nothing_hidden_is_shown(self) -> None:
        """Whatever the index holds: a page shows what is published, and nothing else."""
        found = [hit.id for hit in engine.find("needs", Query(WORD)).hits]
        for need in listings.in_order(Need, AnonymousUser(), found):
            assert need.status == "published"

    def teardown(self) -> None:
        """At rest the index is what is published, to the revision, and says nothing secret."""
        self.relay.restore()
        self.drain()
        self.drain()
        assert not Delivery.objects.exclude(status="done").exists()
        found = engine.reconcile("needs")
        assert not found, found
        rows = Need.objects.filter(status="published").values_list("code", "rev")
        held = {
            row.id: row.rev
            for row in engine.backend().revisions(schema.get("needs"))
            if row.visible
        }
        assert held == dict(rows)


@pytest.fixture
def relay(settings: Any) -> Iterator[Relay]:
    """The cluster behind a relay, with indexes of our own."""
    client().close()
    with own_prefix(settings) as prefix:
        relay = Relay(urlsplit(SEARCH_URL).hostname or "", urlsplit(SEARCH_URL).port or 0)
        settings.SEARCH_URL = (
            f"elasticsearch://127.0.0.1:{relay.port}/{prefix}?refresh_interval=20ms"
        )
        yield relay
        relay.cut()
        active_backends._backend.cache_clear()


@pytest.mark.django_db
def test_i_after_a_drain_the_index_is_what_is_published(cast: Cast, relay: Relay) -> None:
    Site.cast, Site.relay = cast, relay
    run_state_machine_as_test(
        Site,
        settings=settings(
            max_examples=10,
            stateful_step_count=20,
            deadline=None,
            suppress_health_check=list(HealthCheck),
            derandomize=True,
        ),
    )
    with client() as admin:
        everything = str(admin.search(index="t-*", size=1000)["hits"]["hits"])
    assert SECRET not in everything
    assert DRAFT not in everything
