"""Every attack and its variants against one started site: below 500, and every process lives on.

HOSTILE_MUTATIONS says how many variants of each are sent; `make hostile` sends a thousand.
"""

import os
import sys
import time
from collections.abc import Iterator

import pytest

from tests import started
from tests.hostile.attacks import ATTACKS, Attack
from tests.hostile.door import CLOSED, Door
from tests.hostile.mutations import variants

pytestmark = pytest.mark.hostile
MUTATIONS = int(os.environ.get("HOSTILE_MUTATIONS", "10"))
SEED = "jiebang"


@pytest.fixture(scope="module")
def door() -> Iterator[Door]:
    """A site that has started, and an attacker who has an account."""
    with started.site("tests.hostile.settings") as running:
        door = Door(running)
        door.open()
        yield door


def answered(door: Door, attack: Attack) -> int:
    """The status of the answer."""
    try:
        return door.send(attack)
    except OSError as error:
        pytest.fail(f"{attack.name}: nobody answers ({error})\n{door.site.log[-2000:]}")


def test_names_are_unlike() -> None:
    sent = [(attack.name, attack.path) for attack in ATTACKS]
    assert len(sent) == len(set(sent)) > 60


def test_no_attack_and_no_variant_takes_the_site_down(door: Door) -> None:
    before = door.processes()
    assert len(before) >= 5  # supervisor, web and its workers, worker
    wrong = []
    count = 0
    began = time.monotonic()
    for attack in ATTACKS:
        plain = answered(door, attack)
        if plain >= 500 or (attack.expected and plain not in attack.expected):
            wrong.append(f"{attack.name}: {plain}, expected {attack.expected or 'below 500'}")
        for number, variant in enumerate(variants(attack, MUTATIONS, SEED)):
            count += 1
            status = answered(door, variant)
            if status >= 500:
                wrong.append(f"{attack.name}, variant {number}: {status} {variant!r:.300}")
    seconds = time.monotonic() - began
    sys.stdout.write(f"{len(ATTACKS)} attacks and {count} variants in {seconds:.0f} s\n")
    assert wrong == [], "\n".join(wrong[:20])
    assert before <= door.processes(), door.site.log[-3000:]
    assert door.site.process.poll() is None
    assert answered(door, Attack("afterwards", "/")) == 200
    assert CLOSED not in {
        answered(door, Attack("afterwards", path)) for path in ("/needs/", "/match/")
    }
