"""Cards that are kept as text: what changes is seen at once, and nobody sees another's page."""

from collections.abc import Sequence
from contextlib import suppress
from typing import Any

from django.contrib.auth.models import AnonymousUser
from django.core.cache import caches
from django.db import connection, transaction
from django.template import engines
from django.test import Client, RequestFactory
from django.test.utils import CaptureQueriesContext

import pytest

from marketplace.achievements.models import Achievement
from marketplace.listings import services
from marketplace.needs.models import Need
from marketplace.parties.services.roles import revoke_role
from marketplace.taxonomy import services as taxonomy
from marketplace.taxonomy.models import Term
from marketplace.web import slots
from marketplace.web.cards import ALIAS
from marketplace.web.slots import Answer, Contribution, contribute
from tests.cast import Cast, make_cast
from tests.factories.achievements import make_achievement
from tests.factories.needs import make_need

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("own_index")]


@pytest.fixture(autouse=True)
def _nothing_kept() -> None:
    caches[ALIAS].clear()


@pytest.fixture
def achievement(cast: Cast, drain: Any) -> Achievement:
    made = make_achievement(cast.university, cast.university_member, state="published")
    drain()
    return made


@pytest.fixture
def need(cast: Cast, drain: Any) -> Need:
    made = make_need(cast.enterprise, cast.member, state="published")
    drain()
    return made


def html_of(client: Client, path: str) -> str:
    response = client.get(path)
    assert response.status_code == 200, path
    return response.content.decode()


def main_of(client: Client, path: str) -> str:
    return html_of(client, path).partition("<main")[2].partition("</main>")[0]


def test_a_kept_card_reads_code_revision_and_owner_alone(
    client: Client, achievement: Achievement
) -> None:
    first = main_of(client, "/achievements/")
    with CaptureQueriesContext(connection) as captured:
        second = main_of(client, "/achievements/")
    assert first == second
    asked = [q["sql"] for q in captured if 'FROM "achievements_achievement"' in q["sql"]]
    assert len(asked) == 1
    assert '"rev"' in asked[0]
    assert '"summary"' not in asked[0]


def test_an_owner_with_a_new_name_has_it_on_every_card(
    client: Client, achievement: Achievement, need: Need
) -> None:
    for listing, path in ((achievement, "/achievements/"), (need, "/needs/"), (need, "/")):
        old, new = listing.owner.name, f"更名 <b>{path}"
        assert old in main_of(client, path)
        type(listing.owner).objects.filter(pk=listing.owner.pk).update(name=new)
        html = main_of(client, path)
        assert f"更名 &lt;b&gt;{path}" in html
        assert old not in html
        type(listing.owner).objects.filter(pk=listing.owner.pk).update(name=old)
        assert old in main_of(client, path)


def test_what_is_withdrawn_is_gone_with_the_commit(
    client: Client, cast: Cast, achievement: Achievement, need: Need
) -> None:
    """The index still has both: nothing is drained."""
    pages = ["/achievements/", "/needs/", "/"]
    details = [f"/achievements/{achievement.code}/", f"/needs/{need.code}/"]
    assert all("晶界扩散" in html_of(client, path) for path in (pages[0], pages[2], details[0]))
    assert all("人造板甲醛" in html_of(client, path) for path in (pages[1], pages[2], details[1]))
    services.move(achievement, "withdraw", actor=cast.university_member, reason="不再需要")
    services.move(need, "withdraw", actor=cast.member, reason="不再需要")
    for path in pages:
        html = main_of(client, path)
        assert achievement.code not in html
        assert need.code not in html
    assert [client.get(path).status_code for path in details] == [410, 410]


def test_a_new_state_is_on_the_card_and_on_the_page(client: Client, cast: Cast, need: Need) -> None:
    assert "征集中" in main_of(client, "/needs/") or "已发布" in main_of(client, "/needs/")
    assert "已解决" not in main_of(client, f"/needs/{need.code}/")
    services.move(need, "solve", actor=cast.member, how="platform", note="")
    card = main_of(client, "/needs/").partition("<article")[2].partition("</article>")[0]
    assert "已解决" in card
    assert "已解决" in main_of(client, f"/needs/{need.code}/")


def test_what_was_written_anew_replaces_text_and_tables(
    client: Client, cast: Cast, drain: Any, need: Need
) -> None:
    detail = f"/needs/{need.code}/"
    assert '<th scope="row">静曲强度' in main_of(client, detail)
    again = services.move(need, "revise", actor=cast.member)
    rows = [{"name": "内结合强度", "comparator": "ge", "target": 1, "unit": "MPa", "must": True}]
    again = services.save_step(
        again, actor=cast.member, values={"title": "另一个题目"}, rows={"indicators": rows}
    )
    again = services.move(again, "submit", actor=cast.member)
    services.move(again, "publish", actor=cast.registrar_city)
    drain()
    html = main_of(client, detail)
    assert "内结合强度" in html
    assert '<th scope="row">静曲强度' not in html
    assert "另一个题目" in main_of(client, "/needs/")
    assert "人造板甲醛" not in main_of(client, "/needs/")


def test_each_language_has_its_own_cards(client: Client, achievement: Achievement) -> None:
    for _again in range(2):
        chinese = main_of(client, "/achievements/")
        english = main_of(client, "/en/achievements/")
        assert f'href="/achievements/{achievement.code}/"' in chinese
        assert f'href="/en/achievements/{achievement.code}/"' in english
        assert "技术许可" in chinese
        assert "Licen" in english


def test_a_term_with_a_new_name_has_it_on_cards_and_pages(
    client: Client,
    cast: Cast,
    achievement: Achievement,
    django_capture_on_commit_callbacks: Any,
) -> None:
    paths = ("/achievements/", f"/achievements/{achievement.code}/")
    term = Term.objects.get(scheme__code="industry", code="materials.magnetic")
    assert all(term.label in main_of(client, path) for path in paths)
    with django_capture_on_commit_callbacks(execute=True):
        taxonomy.rename_term(term, actor=cast.operator, label="磁材新名", label_en="Magnets anew")
    for path in paths:
        card = main_of(client, path)
        assert "磁材新名" in card
        assert f" / {term.label}<" not in card


HOSTILE = "<script>alert(1)</script>\"'{% live 'owner' %}{{ user }}&amp;"


def test_a_hostile_title_is_text_when_drawn_and_when_kept(
    client: Client, cast: Cast, drain: Any
) -> None:
    make_achievement(
        cast.university, cast.university_member, state="published", title=HOSTILE, summary=HOSTILE
    )
    make_need(cast.enterprise, cast.member, state="published", title=HOSTILE)
    drain()
    for path in ("/achievements/", "/needs/", "/"):
        first, second = main_of(client, path), main_of(client, path)
        assert first == second
        assert "<script>alert" not in second
        assert "&lt;script&gt;alert(1)&lt;/script&gt;" in second
        assert "{% live &#x27;owner&#x27; %}{{ user }}&amp;amp;" in second


def test_no_mark_of_a_live_place_is_left_in_a_page(
    client: Client, achievement: Achievement, need: Need
) -> None:
    for path in ("/", "/achievements/", "/needs/", "/search/?q=甲醛", "/achievements/?q=晶界"):
        assert "\0" not in html_of(client, path)


def test_marked_words_are_not_kept(client: Client, achievement: Achievement) -> None:
    assert "<mark>晶界</mark>" in main_of(client, "/achievements/?q=晶界")
    assert "<mark>" not in main_of(client, "/achievements/")


def test_a_hidden_owner_stays_hidden(client: Client, cast: Cast, drain: Any) -> None:
    make_need(cast.enterprise, cast.member, state="published", hide_owner=True)
    drain()
    for path in ("/needs/", "/"):
        for _again in range(2):
            assert cast.enterprise.name not in main_of(client, path)


def test_what_is_not_public_is_not_kept(client: Client, cast: Cast) -> None:
    need = make_need(cast.enterprise, cast.member)
    client.force_login(cast.member)
    html_of(client, f"/needs/{need.code}/")
    assert not [key for key in caches[ALIAS]._cache if need.code in key]


def test_a_page_of_a_member_is_no_page_of_a_visitor(client: Client, cast: Cast, need: Need) -> None:
    member = Client()
    member.force_login(cast.member)
    detail = f"/needs/{need.code}/"
    assert "现用胶黏剂配方" in main_of(member, detail)
    assert "/workbench/" in html_of(member, detail).partition("<main")[0]
    for path in (detail, "/needs/"):
        html = html_of(client, path)
        assert "现用胶黏剂配方" not in html
        assert str(cast.member) not in html
        assert "csrfmiddlewaretoken" not in html.partition("<main")[0]
    assert "现用胶黏剂配方" in main_of(member, detail)


def test_a_badge_is_for_whom_it_is_meant_and_as_it_is_now(
    client: Client, cast: Cast, need: Need, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Two people and a visitor open the same list in turn; only the card's kept part is shared."""
    label = {"now": "先前"}

    def badges(user: Any, rows: Sequence[Any]) -> list[Answer]:
        known = getattr(user, "is_authenticated", False)
        return [{"text": f"{label['now']}给{user}" if known else None} for _row in rows]

    monkeypatch.setattr(slots, "_contributions", {})
    engine = engines["django"].engine
    template, found = engine.from_string("{{ text|default:'' }}"), engine.get_template
    monkeypatch.setattr(
        engine, "get_template", lambda name: template if name == "badge" else found(name)
    )
    contribute(Contribution("listing.badges", 10, badges, "badge"))
    readers = {person: Client() for person in (cast.member, cast.outsider)}
    for person, browser in readers.items():
        browser.force_login(person)
    for label["now"] in ("先前", "如今"):
        for person, browser in readers.items():
            shown = main_of(browser, "/needs/")
            assert [f"{label['now']}给{other}" in shown for other in readers] == [
                other == person for other in readers
            ]
            assert ("先前给" in shown) == (label["now"] == "先前")
        assert f"{label['now']}给" not in html_of(client, "/needs/")


def test_a_role_that_was_taken_away_is_gone_from_the_next_page(
    cast: Cast, client: Client, need: Need
) -> None:
    """Head, menu and listing follow the rights of the moment, whatever was drawn before."""
    client.force_login(cast.operator)
    assert 'href="/workbench/review/"' in html_of(client, "/workbench/")
    for role in cast.operator.platform_roles.values_list("role", flat=True):
        revoke_role(cast.operator, role, actor=None)
    client.force_login(cast.operator)
    assert 'href="/workbench/review/"' not in html_of(client, "/workbench/")
    assert "现用胶黏剂配方" not in html_of(client, f"/needs/{need.code}/")


@pytest.mark.django_db(transaction=True)
def test_a_card_drawn_before_a_rollback_is_not_kept(rf: RequestFactory) -> None:
    """Otherwise the next change would get the same `rev`, and the card of what never was."""
    cast = make_cast()
    offer = make_achievement(cast.university, cast.university_member, state="published")

    def drawn() -> str:
        request = rf.get("/")
        request.user = AnonymousUser()
        rows = [Achievement.objects.select_related("owner").get(pk=offer.pk)]
        template = engines["django"].from_string(
            "{% load listings %}{% listing_cards 'achievements/achievement_card.html' rows %}"
        )
        return template.render({"rows": rows}, request)

    with suppress(ZeroDivisionError), transaction.atomic():
        Achievement.objects.filter(pk=offer.pk).update(title="从未有过的题目", rev=offer.rev + 1)
        assert "从未有过的题目" in drawn()
        raise ZeroDivisionError
    Achievement.objects.filter(pk=offer.pk).update(title="后来的题目", rev=offer.rev + 1)
    assert "后来的题目" in drawn()
    assert drawn() == drawn()
