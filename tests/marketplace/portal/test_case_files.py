"""Files of listings that once were searched wrongly: imported, published, searched, and right."""

from collections.abc import Callable
from pathlib import Path

import pytest

from marketplace.achievements import services
from marketplace.achievements.models import Achievement
from marketplace.journal import jobs
from search import engine
from search.query import Query
from tests.cast import Cast
from tests.factories.achievements import upload
from tests.factories.parties import OrganizationFactory, make_member
from tests.marketplace.achievements.matchdev import shared_dir

CASES = shared_dir() / "cases"
pytestmark = [
    pytest.mark.shared,
    pytest.mark.django_db,
    pytest.mark.skipif(not CASES.is_dir(), reason=f"no case files at {CASES}"),
]
Titles = Callable[[str], list[str]]


@pytest.fixture
def titles(request: pytest.FixtureRequest, cast: Cast, own_index: Path) -> Titles:
    """Asks for the titles that a text finds among the published rows of a file, best first."""
    engine.rebuild("achievements")
    school = OrganizationFactory(
        name="沂州大学", kind="university", contact_name="周允衡", contact_phone="0539-8100000"
    )
    agent = make_member(school)
    data = (CASES / request.param / "search-listings.xlsx").read_bytes()
    batch = upload(school, agent, data)
    jobs.run_open()
    services.confirm_import(batch, actor=agent, mode="valid")
    jobs.run_open()
    services.decide_batch(batch, actor=cast.registrar_city, act="publish")
    jobs.run_open()
    engine.rebuild("achievements")
    assert Achievement.objects.filter(status="published").count() == 20

    def ask(text: str) -> list[str]:
        hits = engine.find("achievements", Query(text)).hits
        names = dict(Achievement.objects.values_list("code", "title"))
        return [names[hit.id] for hit in hits]

    return ask


@pytest.mark.parametrize("titles", ["7-celsius-as-c"], indirect=True)
def test_a_sign_of_degrees_is_no_letter(titles: Titles) -> None:
    assert titles("C++") == ["基于C++的并行有限元求解器"]
    assert titles("维生素C") == ["维生素C两步发酵新菌株"]
    assert titles("维生素A") == ["维生素A微胶囊包埋技术"]
    assert titles("C语言") == ["C语言嵌入式控制器教学平台"]
    assert titles("In")[0] == "铟In掺杂氧化锌薄膜"


@pytest.mark.parametrize("titles", ["8-model-numbers"], indirect=True)
def test_a_model_number_is_one_however_it_is_written(titles: Titles) -> None:
    for texts, title in (
        ("H-13,H 13,h13", "H13钢压铸模具气体渗氮工艺"),
        ("DN 50,dn-50", "DN50口径超声水表流道"),
        ("316 L,316-L", "316L不锈钢粉末选区熔化"),
        ("IN 718,in-718", "IN718高温合金盘件锻造"),
        ("Nd-Fe-B,NdFeB", "NdFeB磁体晶界扩散炉"),
        ("PM 2.5,pm2.5", "PM2.5在线监测激光传感器"),
        ("10 μm 铝粉,10μm铝粉,10um铝粉", "10μm级球形铝粉气雾化"),
        ("NiCo,Ni-Co", "Ni-Co双金属催化剂"),
    ):
        for text in texts.split(","):
            assert titles(text)[:1] == [title], text


@pytest.mark.parametrize("titles", ["9-traditional-chinese"], indirect=True)
def test_traditional_characters_find_simplified_ones(titles: Titles) -> None:
    for traditional, simplified in (
        ("軸承鋼", "轴承钢"),
        ("維生素", "维生素"),
        ("燒結釹鐵硼", "烧结钕铁硼"),
        ("銦摻雜", "铟掺杂"),
    ):
        assert titles(traditional) == titles(simplified), traditional
    assert titles("軸承鋼")[0] == "GCr15轴承钢超纯冶炼"
