"""The invariants of tenders under any order of acts, on PostgreSQL.

`make test-services` runs a few examples, always the same ones; `make proofs` sets EXAMPLES to hundreds of new ones.
"""

import os
import sys

from django.db import connection

import pytest
from hypothesis import HealthCheck, Phase, settings
from hypothesis.stateful import run_state_machine_as_test

from marketplace.journal import audit, chain
from tests.cast import Cast
from tests.marketplace.mechanism.machine import Mechanism
from tests.marketplace.mechanism.starts import make_world

EXAMPLES = int(os.environ.get("EXAMPLES", "0"))


@pytest.mark.postgres
@pytest.mark.django_db
@pytest.mark.skipif(connection.vendor != "postgresql", reason="`make test-services` has PostgreSQL")
def test_the_invariants_hold_in_any_order(cast: Cast, tmp_path: object) -> None:
    Mechanism.world = make_world(cast)
    run_state_machine_as_test(  # type: ignore[no-untyped-call]
        Mechanism,
        settings=settings(
            max_examples=EXAMPLES or 12,
            stateful_step_count=40 if EXAMPLES else 16,
            deadline=None,
            suppress_health_check=list(HealthCheck),
            derandomize=not EXAMPLES,
            print_blob=True,
            # A failure is a list of acts, and each example makes hundreds of statements: it is read as it is.
            phases=[Phase.reuse, Phase.generate],
        ),
    )
    sys.stdout.write(f"{dict(sorted(Mechanism.went.items()))}\n")
    # 7: the journal of all of it is one chain.
    chain.seal_entries(everywhere=True)
    assert audit.check().findings == []
