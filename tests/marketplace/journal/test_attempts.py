"""One policy for deliveries and jobs: pauses double up to a limit, and the last failure is final."""

import itertools
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from marketplace.journal import jobs, services
from marketplace.journal.attempts import AttemptPolicy

NOW = datetime(2026, 11, 28, 8, tzinfo=UTC)

policies = st.builds(
    AttemptPolicy,
    most=st.integers(1, 60),
    pause=st.integers(1, 3600).map(lambda n: timedelta(seconds=n)),
    longest_pause=st.integers(1, 100_000).map(lambda n: timedelta(seconds=n)),
    outage_pause=st.integers(1, 600).map(lambda n: timedelta(seconds=n)),
    lease=st.integers(2, 600).map(lambda n: timedelta(seconds=n)),
)


def waits(policy: AttemptPolicy) -> list[int]:
    """Seconds between one failed attempt and the next, until the work is given up."""
    found = []
    while at := policy.next_try(len(found) + 1, NOW):
        found.append(int((at - NOW).total_seconds()))
    return found


def test_a_delivery_is_tried_twenty_times_over_some_hours() -> None:
    assert waits(services.ATTEMPTS) == [
        *(5, 10, 20, 40, 80, 160, 320, 640, 1280, 2560),
        *([3600] * 9),
    ]


def test_a_job_is_tried_three_times() -> None:
    assert waits(jobs.ATTEMPTS) == [15, 30]


@pytest.mark.parametrize("policy", [services.ATTEMPTS, jobs.ATTEMPTS])
def test_leases_and_outages(policy: AttemptPolicy) -> None:
    assert policy.claimed_until(NOW) == NOW + timedelta(minutes=2)
    assert policy.silent_since(NOW) == NOW - timedelta(minutes=2)
    assert policy.after_outage(NOW) == NOW + timedelta(seconds=15)


@given(policies)
def test_work_is_given_up_after_the_last_attempt_and_not_before(policy: AttemptPolicy) -> None:
    pauses = waits(policy)
    assert len(pauses) == policy.most - 1
    assert pauses == sorted(pauses)
    assert all(0 < pause <= policy.longest_pause.total_seconds() for pause in pauses)
    for before, after in itertools.pairwise(pauses):
        assert after in {2 * before, policy.longest_pause.total_seconds()}


@given(policies, st.integers(1, 100))
def test_only_work_whose_workers_died_is_claimed_after_its_last_attempt(
    policy: AttemptPolicy, attempts: int
) -> None:
    if policy.is_spent(attempts):
        assert policy.next_try(attempts - 1, NOW) is None
    else:
        assert attempts == 1 or policy.next_try(attempts - 1, NOW) is not None


@given(policies, st.floats(0, 1))
def test_a_lease_is_renewed_in_its_second_half(policy: AttemptPolicy, part: float) -> None:
    until, at = policy.claimed_until(NOW), NOW + policy.lease * part
    assert policy.must_renew(until, at) == (at >= NOW + policy.lease / 2)
    assert not policy.must_renew(until, NOW)
    assert policy.must_renew(until, until)


@given(policies, st.floats(0, 2))
def test_a_worker_is_thought_dead_when_its_lease_has_ended(
    policy: AttemptPolicy, part: float
) -> None:
    heard = NOW - policy.lease * part
    assert (heard < policy.silent_since(NOW)) == (policy.claimed_until(heard) < NOW)
