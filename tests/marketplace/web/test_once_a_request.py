"""A number that two parts of a page show is asked for once, and never kept for the next request."""

from types import SimpleNamespace

from marketplace.web.once_a_request import fresh, once_a_request

ASKED: list[tuple[str, int]] = []


@once_a_request
def number(of: str, user: SimpleNamespace) -> int:
    ASKED.append((of, user.pk))
    return len(ASKED)


def test_each_question_is_asked_once_for_each_person_within_a_request() -> None:
    ASKED.clear()
    needs, offers = "needs", "offers"
    with fresh():
        first = [number(needs, SimpleNamespace(pk=1)) for _again in range(3)]
        others = [number(offers, SimpleNamespace(pk=1)), number(needs, SimpleNamespace(pk=2))]
    assert first == [1, 1, 1]
    assert others == [2, 3]
    with fresh():
        assert number(needs, SimpleNamespace(pk=1)) == 4
    assert ASKED == [("needs", 1), ("offers", 1), ("needs", 2), ("needs", 1)]


def test_outside_of_a_request_nothing_is_remembered() -> None:
    ASKED.clear()
    assert [number("needs", SimpleNamespace(pk=1)) for _again in range(2)] == [1, 2]
