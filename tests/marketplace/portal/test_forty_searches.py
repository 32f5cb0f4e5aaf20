"""Forty searches as people type them, and what must come first, on both engines."""

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from marketplace.achievements import services
from marketplace.achievements.models import Achievement
from marketplace.journal import jobs
from marketplace.needs.models import Need
from marketplace.parties.models import Organization
from search import engine
from search.query import Query
from tests.cast import Cast
from tests.factories.achievements import make_achievement, sheet, upload
from tests.factories.needs import make_need
from tests.factories.parties import OrganizationFactory, make_member
from tests.services import own_prefix

pytestmark = pytest.mark.django_db

#: Title, solution, keywords: as a sheet that a university hands in.
SHEET = [
    ("H11钢挤压模具盐浴渗氮", "对H11热作模具钢在560℃作盐浴渗氮，模具寿命提高八成，已用于铝材挤压。", "H11钢"),
    ("DN80口径超声流量计", "DN80管段的换能器斜置，始动流量低，用于供热计量，已装表三千只。", "DN80"),
    ("304L焊管在线固溶处理", "304L不锈钢焊管感应加热到1050℃后喷水，晶间腐蚀合格。", "304L"),
    ("IN625合金阀座堆焊", "IN625堆焊层稀释率低于百分之五，用于海工阀门密封面，无裂纹。", "IN625"),
    ("PM10颗粒物在线监测", "以β射线吸收法测量大气颗粒物，量程零至一千微克每立方米。", "PM10、监测"),
    ("SmCo磁体高温稳定化", "SmCo磁体经分级时效，350℃下不可逆损失低于百分之三。", "SmCo"),
    ("20μm级球形铜粉气雾化", "中位径20μm的铜粉，球形度高，用于导电浆料与粉末冶金。", "铜粉"),
    ("基于C++的离散元求解器", "以C++编写，支持千核并行，用于颗粒输送设备的结构设计。", "C++"),
    ("C语言单片机实验箱", "提供C语言例程与二十个实验，面向高职院校的嵌入式课程。", "C语言"),
    ("C#编写的产线采集软件", "以C#实现设备联网与数据采集，在六条产线上运行一年。", "C#"),
    (".NET平台的设备台账", "基于.NET的设备台账与点检系统，支持离线填报与统计。", ".NET"),
    ("维生素C两步发酵菌株", "混菌发酵生产维生素C前体，转化率高于九成，已到中试。", "维生素C"),
    ("维生素A微胶囊包埋", "以变性淀粉为壁材包埋维生素A，常温货架期十八个月。", "维生素A"),
    ("维生素E超临界提取", "从脱臭馏出物中提取维生素E，纯度高于九成。", "维生素E"),
    ("铟In掺杂氧化镓薄膜", "以In掺杂提高氧化镓薄膜的电导，用于日盲探测器。", "In"),
    ("GCr15轴承钢真空脱气", "GCr15轴承钢经真空脱气后氧含量低于百万分之五。", "GCr15、轴承钢"),
    ("耐热α-淀粉酶突变体", "通过定点突变得到在95℃仍有活性的α-淀粉酶。", "α-淀粉酶"),
    ("TiO₂光催化自清洁涂层", "TiO₂涂层在紫外光下分解有机物，用于隧道内壁。", "TiO₂"),
    ("5G基站散热壳体压铸", "5G基站壳体薄齿压铸，齿高与齿厚之比大于二十。", "5G"),
    ("Al2O3陶瓷基板流延", "Al2O3基板翘曲小，热导率高，用于功率模块。", "Al2O3"),
    ("廢舊鋰電池濕法回收", "以檸檬酸浸出廢舊鋰電池正極粉，鋰與鈷回收率高。", "鋰電池"),
    ("低损耗声表面波滤波器", "插入损耗小于1.5dB的声表面波滤波器，用于射频前端。", "滤波器"),
    ("Ni-Co双金属加氢催化剂", "Ni-Co催化剂用于糠醛加氢，连续运行八百小时。", "Ni-Co"),
    ("永磁电机高效绕组", "扁线绕组提高槽满率，用于新能源汽车驱动电机。", "永磁电机"),
    ("叉车液压回路减振", "在液压回路中加脉动衰减器，降低叉车作业振动。", "液压"),
]  # fmt: skip
#: Those that also have an English title and summary.
ENGLISH = {
    "大蒜气调贮藏保鲜": ("Controlled-atmosphere storage of garlic", "Keeps cloves firm for ten months."),
    "无醛豆粕胶黏剂": ("Formaldehyde-free soy adhesive", "An adhesive for plywood and particleboard."),
    "粉尘防爆除尘机组": ("Explosion-proof dust collector", "Prevents dust explosions in polishing."),
    "烧结钕铁硼晶界扩散": ("Grain-boundary diffusion of NdFeB", "Sintered neodymium magnets, less Dy."),
}  # fmt: skip
NEEDS = {
    "降低叉车液压系统噪声": "叉车起升时液压系统噪声达到82分贝，希望在不换泵的前提下降到75分贝以下。",
    "寻找耐800℃的绝缘涂料": "加热元件表面的绝缘涂料在800℃下开裂，需要可刷涂的替代品。",
}

#: What is typed, in which index, and the title or name that comes first.
SEARCHES = [
    ("H11", "achievements", "H11钢挤压模具盐浴渗氮"),
    ("h-11", "achievements", "H11钢挤压模具盐浴渗氮"),
    ("H 11 渗氮", "achievements", "H11钢挤压模具盐浴渗氮"),
    ("DN 80", "achievements", "DN80口径超声流量计"),
    ("ＤＮ８０", "achievements", "DN80口径超声流量计"),
    ("304 L", "achievements", "304L焊管在线固溶处理"),
    ("IN 625", "achievements", "IN625合金阀座堆焊"),
    ("in-625 堆焊", "achievements", "IN625合金阀座堆焊"),
    ("PM 10", "achievements", "PM10颗粒物在线监测"),
    ("Sm-Co", "achievements", "SmCo磁体高温稳定化"),
    ("NiCo 催化剂", "achievements", "Ni-Co双金属加氢催化剂"),
    ("20 μm 铜粉", "achievements", "20μm级球形铜粉气雾化"),
    ("20um铜粉", "achievements", "20μm级球形铜粉气雾化"),
    ("C++", "achievements", "基于C++的离散元求解器"),
    ("C语言", "achievements", "C语言单片机实验箱"),
    ("C#", "achievements", "C#编写的产线采集软件"),
    (".net", "achievements", ".NET平台的设备台账"),
    ("维生素C", "achievements", "维生素C两步发酵菌株"),
    ("维生素A", "achievements", "维生素A微胶囊包埋"),
    ("維生素E", "achievements", "维生素E超临界提取"),
    ("In", "achievements", "铟In掺杂氧化镓薄膜"),
    ("軸承鋼", "achievements", "GCr15轴承钢真空脱气"),
    ("gcr 15", "achievements", "GCr15轴承钢真空脱气"),
    ("α淀粉酶", "achievements", "耐热α-淀粉酶突变体"),
    ("95 °C 淀粉酶", "achievements", "耐热α-淀粉酶突变体"),
    ("TiO2", "achievements", "TiO₂光催化自清洁涂层"),
    ("５Ｇ基站", "achievements", "5G基站散热壳体压铸"),
    ("Al₂O₃ 基板", "achievements", "Al2O3陶瓷基板流延"),
    ("废旧锂电池", "achievements", "廢舊鋰電池濕法回收"),
    ("1.5 dB", "achievements", "低损耗声表面波滤波器"),
    ("永磁电机 绕组", "achievements", "永磁电机高效绕组"),
    ("garlic storage", "achievements", "大蒜气调贮藏保鲜"),
    ("formaldehyde-free adhesives", "achievements", "无醛豆粕胶黏剂"),
    ("dust explosion", "achievements", "粉尘防爆除尘机组"),
    ("Nd-Fe-B", "achievements", "烧结钕铁硼晶界扩散"),
    ("叉车的液压系统工作时噪声太大，怎样才能降低", "needs", "降低叉车液压系统噪声"),
    ("800℃ 涂料", "needs", "寻找耐800℃的绝缘涂料"),
    ("沂州师大", "organizations", "沂州师范大学"),
    ("Lunan Machinery", "organizations", "鲁南机械有限公司"),
    ("魯南機械有限公司", "organizations", "鲁南机械有限公司"),
]
#: Where one thing alone answers, nothing else is found.
ALONE = {"C++", "C#", ".net", "维生素C", "维生素A", "維生素E", "In", "Sm-Co", "PM 10", "DN 80"}


@pytest.fixture(params=["embedded", "elasticsearch"])
def engine_name(request: pytest.FixtureRequest, settings: Any, tmp_path: Path) -> Iterator[str]:
    """Both engines in turn; Elasticsearch where `make test-services` has started it."""
    settings.DATA_DIR = tmp_path
    if request.param == "elasticsearch":
        with own_prefix(settings):
            yield request.param
    else:
        settings.SEARCH_URL = "embedded://"
        yield request.param


@dataclass(frozen=True)
class Market:
    """A market with listings and organisations, published and indexed."""

    school: Organization
    firm: Organization

    def found(self, text: str, name: str) -> list[str]:
        """Titles or names, best first."""
        results = engine.find(name, Query(text))
        assert not results.degraded
        codes = [hit.id for hit in results.hits]
        model: Any = {"achievements": Achievement, "needs": Need}.get(name, Organization)
        column = "name" if model is Organization else "title"
        names = dict(model.objects.filter(code__in=codes).values_list("code", column))
        return [names[code] for code in codes]


@pytest.fixture
def market(engine_name: str, cast: Cast) -> Market:
    """Imported from a sheet, reviewed as a batch, indexed by its events."""
    school = OrganizationFactory(
        name="沂州师范大学",
        kind="university",
        name_en="Yizhou Normal University",
        contact_name="周允衡",
        contact_phone="0539-8100000",
    )
    firm = OrganizationFactory(name="鲁南机械有限公司", name_en="Lunan Machinery Co., Ltd.")
    OrganizationFactory(name="沂州师范大学附属工厂", status="draft", verified_at=None)
    agent = make_member(school)
    for name in ("achievements", "needs", "organizations"):
        engine.rebuild(name)
    batch = upload(school, agent, sheet(SHEET))
    jobs.run_open()
    services.confirm_import(batch, actor=agent, mode="all")
    jobs.run_open()
    services.decide_batch(batch, actor=cast.registrar_city, act="publish")
    jobs.run_open()
    for title, (title_en, summary_en) in ENGLISH.items():
        make_achievement(
            school,
            agent,
            state="published",
            title=title,
            summary=f"{title}的成套技术，已在两家企业应用。",
            description="处理量、能耗和维护周期都经过连续六个月的现场记录，设备已定型，图纸齐全。"
            * 3,
            innovation="工艺步骤减少一半",
            keywords=[title[:4]],
            title_en=title_en,
            summary_en=summary_en,
        )
    for title, problem in NEEDS.items():
        make_need(
            firm,
            make_member(firm),
            state="published",
            title=title,
            problem=problem,
            summary=problem,
        )
    for name in ("achievements", "needs", "organizations"):
        engine.rebuild(name)
    return Market(school, firm)


def test_what_comes_first(market: Market) -> None:
    assert len(SEARCHES) == 40
    wrong = {}
    for text, name, first in SEARCHES:
        found = market.found(text, name)
        if found[:1] != [first] or (text in ALONE and len(found) != 1):
            wrong[text] = (first, found[:3], len(found))
    assert wrong == {}


def test_numbers_and_owners_are_found_in_each_list(market: Market) -> None:
    made = Achievement.objects.get(title="维生素A微胶囊包埋")
    need = Need.objects.get(title="寻找耐800℃的绝缘涂料")
    for one, name in ((made, "achievements"), (need, "needs")):
        plain = one.code.replace("-", "")
        for typed in (one.code, one.code.lower(), plain, plain.lower(), one.code.split("-")[1]):
            assert market.found(typed, name)[0] == one.title, typed
    count = len(SHEET) + len(ENGLISH)
    for typed in ("沂州师范大学", "沂州师大", "Yizhou Normal University", market.school.code):
        assert engine.find("achievements", Query(typed)).total == count, typed
    assert sorted(market.found("鲁南机械", "needs")) == sorted(NEEDS)
    assert market.found("附属工厂", "organizations") == []


def test_owners_are_no_part_of_what_a_text_is_compared_with(market: Market) -> None:
    assert engine.match("achievements", "Yizhou Normal") == []
    assert engine.match("achievements", "neodymium magnets") != []
