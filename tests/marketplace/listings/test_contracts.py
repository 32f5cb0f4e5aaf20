"""What the database stores by name stays readable: event classes, their fields, and handlers."""

import pytest

from marketplace.kernel.events import event_named, handler_named

_PLAIN = (
    *("Drafted", "Edited", "Deleted", "Submitted", "Recalled", "Published", "Expired"),
    *("Revised", "ContactShown"),
)
FIELDS: dict[str, dict[str, object]] = {
    **{name: {} for name in _PLAIN},
    "Returned": {"reasons": ["指标无法测量"]},
    "Renewed": {"days": 90},
    "Withdrawn": {"reason": "不再需要"},
    "SamplesRemoved": {"codes": ["XQ"]},
}
STORED = [
    *(
        (f"{noun}{name}", payload)
        for noun in ("Need", "Achievement")
        for name, payload in FIELDS.items()
    ),
    ("NeedSolved", {"how": "platform"}),
    ("AchievementTransferred", {"how": "self"}),
]
HANDLERS = [
    f"{slice_name}.handlers.{name}"
    for slice_name in ("needs", "achievements")
    for name in (
        *("refresh_index", "follow_renamed_owners", "forget_samples", "take_back"),
        *("tell_author_returned", "tell_author_published", "tell_author_expired"),
    )
]


@pytest.mark.parametrize(("name", "payload"), STORED)
def test_a_stored_event_is_read_as_it_was_written(name: str, payload: dict[str, object]) -> None:
    event = event_named(name)
    assert event is not None
    assert event.restore(7, payload).payload() == payload
    assert str(event.label)
    # What an older version stored without the field is read too.
    assert event.restore(7, {}).subject_id == 7


@pytest.mark.parametrize("name", HANDLERS)
def test_a_stored_delivery_finds_its_handler(name: str) -> None:
    assert handler_named(name) is not None
