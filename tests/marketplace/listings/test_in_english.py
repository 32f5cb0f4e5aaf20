"""What an English reader meets on the public pages of a listing."""

from django.test import Client

import pytest

from search import engine
from tests.cast import Cast
from tests.factories.achievements import make_achievement

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("own_index")]


def test_an_english_page_uses_english_names_and_separators(cast: Cast, client: Client) -> None:
    cast.university.name_en = "Yizhou Polytechnic"
    cast.university.save()
    made = make_achievement(
        cast.university,
        cast.university_member,
        state="published",
        title_en="Grain boundary diffusion",
    )
    engine.rebuild("achievements")
    listed = client.get("/en/achievements/").content.decode()
    assert "Yizhou Polytechnic" in listed
    assert cast.university.name not in listed
    assert "、" not in listed.split("c-card__tags")[1].split("</div>")[0]
    page = client.get(f"/en/achievements/{made.code}/").content.decode()
    crumbs = page.split("c-crumb")[1].split("</nav>")[0]
    assert "Grain boundary diffusion" in crumbs
    assert made.title not in crumbs
    assert page.count("have no English translation") == 1
    chinese = client.get(f"/achievements/{made.code}/").content.decode()
    assert "正文没有英文译文" not in chinese
    assert cast.university.name in chinese
