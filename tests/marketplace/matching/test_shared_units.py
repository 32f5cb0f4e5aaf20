"""The shared sheet of figures through its door: imported, then compared with a need, row by row."""

import os
import re
from pathlib import Path

from django.core.management import call_command

import pytest

from marketplace.achievements.models import Achievement
from marketplace.listings import services as listings
from marketplace.matching.queries import facts
from marketplace.matching.rulebook.phrases import render
from tests.cast import Cast
from tests.factories.needs import make_need

CASES = Path(os.environ.get("SHARED_DIR", "../shared")).resolve() / "cases"
PAIRS = CASES / "2-temperature-difference/NEED.txt"
SIGNS = {"≤": "le", "≥": "ge"}

pytestmark = [
    pytest.mark.django_db,
    pytest.mark.skipif(not PAIRS.is_file(), reason=f"no example pairs at {PAIRS}: set SHARED_DIR"),
]


@pytest.mark.parametrize("folder", ["2-temperature-difference", "21-units"])
def test_each_figure_gets_its_verdict(cast: Cast, folder: str) -> None:
    call_command(
        "import_achievements",
        str(CASES / folder / "match-units.xlsx"),
        owner=cast.university.code,
        actor=cast.university_member.email,
    )
    indicators = []
    for line in PAIRS.read_text(encoding="utf-8").splitlines():
        match = re.match(r"(.+?): need (≤|≥) ([\d.]+) (.+?);", line)
        assert match
        name, sign, target, unit = match.groups()
        row = {"name": name, "comparator": SIGNS[sign], "target": target, "unit": unit}
        indicators.append({**row, "must": True})
    draft = make_need(cast.enterprise, cast.member)
    need = listings.save_step(draft, actor=cast.member, values={}, rows={"indicators": indicators})
    explained = facts.explain(
        facts.need_facts(need), facts.offer_facts(Achievement.objects.get()), None
    )
    verdicts = {
        render(row["label"]): (row["kind"], render(row["words"]))
        for row in explained.evidence["rows"]
        if row["key"] == "indicator"
    }
    assert verdicts.pop("控温精度") == ("no", "差 1.5 ℃")
    assert len(verdicts) == 19
    assert set(verdicts.values()) == {("yes", "满足")}
