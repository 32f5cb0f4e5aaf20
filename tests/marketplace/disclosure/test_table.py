"""The disclosure table: stage × relation × state, by page, file and API; and canaries of what is shut.

The expected table is written out below, one line for each person in each situation; the test asks the
product for each cell and compares the two as text, so that a failure shows the whole table.
"""

from collections.abc import Iterator
from datetime import timedelta
from typing import Any

from django.core import mail
from django.test import Client
from django.urls import reverse

import pytest

from marketplace.achievements.models import Achievement
from marketplace.disclosure import queries, services
from marketplace.disclosure.models import Grant
from marketplace.journal.models import Entry
from marketplace.kernel import clock
from marketplace.listings import services as listings
from marketplace.listings.kind import kind_named
from marketplace.needs.models import Need
from marketplace.notices.models import Notice
from search import engine
from tests.cast import Cast
from tests.factories.achievements import make_achievement
from tests.factories.disclosure import accept
from tests.marketplace.disclosure.conftest import CANARY, FILE, Shut, make_shut

pytestmark = pytest.mark.django_db

#: Who asks, in the order of the columns.
PEOPLE = ("visitor", "outsider", "university_member", "broker", "member", "operator", "auditor")
#: Situation -> one cell for each of PEOPLE: public page · contact · confidential page · file · API field.
#: A letter says that it is open (P page, C contact, T text, F file, A field of the API), `-` that it is shut.
TABLE = """
nothing granted      P---- PC--- PC--- PC--- PCTFA PCTFA PCTFA
requested            P---- PC--- PC--- PC--- PCTFA PCTFA PCTFA
granted, no text     P---- PC--- PC--- PC--- PCTFA PCTFA PCTFA
granted              P---- PC--- PCTFA PC--- PCTFA PCTFA PCTFA
new text             P---- PC--- PC--- PC--- PCTFA PCTFA PCTFA
granted, expired     P---- PC--- PCTFA PC--- PCTFA PCTFA PCTFA
granted, closed      P---- P---- P-TFA P---- PCTFA P-TFA P-TFA
granted, revising    ----- ----- --TF- ----- PCTFA ----- -----
granted, withdrawn   ----- ----- --TF- ----- PCTFA P-TFA P-TFA
reader suspended     P---- PC--- PC--- PC--- PCTFA PCTFA PCTFA
past its end         P---- PC--- PC--- PC--- PCTFA PCTFA PCTFA
revoked              P---- PC--- PC--- PC--- PCTFA PCTFA PCTFA
"""

#: What is done in each situation, beyond asking and granting.
CLOSED = {"needs": "solved", "achievements": "transferred"}
MAKE = {"needs": None, "achievements": make_achievement}
#: Achievements have the same rules by the same code: a part of the table is enough for them.
LINES = {"needs": slice(None), "achievements": slice(0, None, 4)}


def as_(person: Any) -> Client:
    client = Client()
    if person.is_authenticated:
        client.force_login(person, backend="django.contrib.auth.backends.ModelBackend")
    return client


class Situation:
    """One line of the table, made through the services."""

    def __init__(self, cast: Cast, slice_name: str, name: str) -> None:
        self.cast, self.kind, self.name = cast, kind_named(slice_name), name
        state = "expired" if name == "granted, expired" else "published"
        make = MAKE[slice_name]
        values = {"noun": make} if make else {}
        self.shut: Shut = make_shut(cast, state=state, title=f"{name} 的信息", **values)
        self.row = self.shut.need
        self.grant: Grant | None = None
        self.ahead = timedelta(0)
        if name != "nothing granted":
            self._ask(name)

    def _ask(self, name: str) -> None:
        cast = self.cast
        subject = queries.subject_named(self.kind.subject, self.row.pk)
        assert subject is not None
        self.grant = services.request_grant(
            subject, cast.university, note="评估", actor=cast.university_member
        )
        if name == "requested":
            return
        days = 60 if name == "new text" else 30
        until = clock.today() + timedelta(days=days)
        self.grant = services.give_grant(self.grant, until=until, actor=cast.approver)
        if name == "granted, no text":
            return
        accept(cast.university, cast.university_admin)
        if name == "new text":
            self.ahead = timedelta(days=41)
        elif name == "past its end":
            self.ahead = timedelta(days=31)
        elif name == "revoked":
            services.revoke(self.grant, reason="合作终止", actor=cast.approver)
        elif name == "granted, closed":
            move = self.kind.lifecycle.ending.move
            listings.move(self.row, move, actor=cast.member, how="platform", note="")
        elif name == "granted, revising":
            self.row = listings.move(self.row, "revise", actor=cast.member)
        elif name == "granted, withdrawn":
            listings.move(self.row, "withdraw", actor=cast.member, reason="x")
        elif name == "reader suspended":
            type(cast.university).objects.filter(pk=cast.university.pk).update(status="suspended")

    def undo(self) -> None:
        type(self.cast.university).objects.filter(pk=self.cast.university.pk).update(
            status="verified"
        )

    def cell(self, role: str) -> str:
        """What this person gets, as it is written in the table."""
        client = as_(self.cast[role])
        page = client.get(self.kind.url("detail", self.row.code))
        contact = client.post(self.kind.url("contact", self.row.code))
        texts = [page.content.decode()]
        if self.grant is not None and role == "university_member":
            texts.append(
                client.get(reverse("disclosure:read", args=[self.grant.code])).content.decode()
            )
        file = client.get(self.shut.file.url)
        sent = client.get(f"/api/v1/{self.kind.name}/{self.row.code}/")
        found = {
            "P": page.status_code == 200,
            "C": contact.status_code == 200,
            "T": any(CANARY in text for text in texts),
            "F": file.status_code == 200,
            "A": sent.json().get("confidential") == CANARY,
        }
        if not found["T"]:
            assert not any(CANARY in text or FILE in text for text in texts), role
        if not found["A"]:
            assert CANARY not in sent.content.decode()
            assert "confidential" not in sent.json(), "absent, and not null"
        if not found["F"]:
            assert CANARY not in file.content.decode()
        return "".join(letter if is_open else "-" for letter, is_open in found.items())

    def line(self) -> str:
        with clock.shift(self.ahead):
            cells = [self.cell(role) for role in PEOPLE]
        return f"{self.name:<20} {' '.join(cells)}"


def lines_of(slice_name: str) -> list[str]:
    return [line for line in TABLE.splitlines() if line][LINES[slice_name]]


@pytest.mark.parametrize("slice_name", ["needs", "achievements"])
def test_who_gets_what(cast: Cast, slice_name: str, drain: Any) -> None:
    words = {"title": "第 2 版", "body": "文", "title_en": "v2", "body_en": "text"}
    at = clock.now() + timedelta(days=40)
    services.publish_text(**words, effective_at=at, actor=cast.operator)
    made = []
    for expected in lines_of(slice_name):
        situation = Situation(cast, slice_name, expected[:20].strip())
        made.append(situation.line())
        situation.undo()
    assert "\n".join(made) == "\n".join(lines_of(slice_name))
    drain()
    assert list(leaks(cast, slice_name)) == []


def leaks(cast: Cast, slice_name: str) -> Iterator[str]:
    """Where a word of the confidential part stands though nobody there was entitled to it."""
    stores = {
        "journal": [str(entry.payload) for entry in Entry.objects.all()],
        "notices": [f"{row.title_id} {row.body_id} {row.params}" for row in Notice.objects.all()],
        "mails": [f"{mail_.subject} {mail_.body}" for mail_ in mail.outbox],
        "index": [str(hit) for hit in engine.find(slice_name, _words()).hits],
    }
    for client, who in ((Client(), "visitor"), (as_(cast.outsider), "outsider")):
        for path in (
            f"/{slice_name}/?q=CANARY",
            f"/{slice_name}/export/?format=csv",
            f"/api/v1/{slice_name}/?q=CANARY",
            "/search/?q=CANARY",
        ):
            response = client.get(path)
            body = response.getvalue() if response.streaming else response.content
            # The words that were asked for are on the page again; those that were not must not be.
            stores[f"{who} {path}"] = [body.decode(errors="replace")]
    for where, texts in stores.items():
        if any("胶黏剂配方" in text or FILE in text for text in texts):
            yield where


def _words() -> Any:
    from search.query import Query

    return Query(text="CANARY", size=20)


def test_the_three_stages_are_there() -> None:
    """The control: the table has cells that are open and cells that are shut, for each letter."""
    cells = [cell for line in lines_of("needs") for cell in line[20:].split()]
    assert len(cells) == len(PEOPLE) * 12
    for place, letter in enumerate("PCTFA"):
        assert {cell[place] for cell in cells} == {letter, "-"}
    assert Need is kind_named("needs").model
    assert Achievement is kind_named("achievements").model
