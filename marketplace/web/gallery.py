"""`/_ui/`: every component with sample data, long text, errors and empty states. Off in production."""

from datetime import timedelta
from typing import Any

from django import forms
from django.conf import settings
from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse, QueryDict
from django.shortcuts import render
from django.utils import translation
from django.views.decorators.http import require_safe

from marketplace.kernel import clock
from marketplace.web import charts, fields, icons
from marketplace.web.facets import Group, Option, Panel, build_panel, sort_links
from marketplace.web.formbase import JiebangForm
from marketplace.web.rows import RowForm, rows_of

LONG = (
    "面向高温高湿工况的大尺寸烧结钕铁硼磁体晶界扩散与重稀土减量一体化工艺及其在新能源汽车驱动电机"
    "转子中的批量应用验证（含 ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789 型号）"
)
SWATCHES = {
    "brand": (50, 100, 300, 500, 600, 800, 900),
    "ink": (50, 200, 400, 600, 900),
    "cinnabar": (50, 500, 600, 700),
    "amber": (50, 300, 500, 700),
}


class IndicatorForm(RowForm):
    """A sample of a repeated row."""

    name = fields.PlainTextField(label="指标", max_length=40)
    comparator = fields.TermField(lambda: [("ge", "≥"), ("le", "≤")], label="比较", blank=None)
    target = fields.PlainTextField(label="目标值", max_length=20)
    unit = fields.PlainTextField(label="单位", max_length=20, required=False)
    must = forms.BooleanField(label="必须满足", required=False)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for name, span in {"name": 4, "comparator": 2, "target": 2, "unit": 2, "must": 2}.items():
            self.fields[name].span = span  # type: ignore[attr-defined]


class SampleForm(JiebangForm):
    """Every kind of field once."""

    title = fields.PlainTextField(
        label="需求名称", max_length=40, help_text="用一句话说明要解决的问题"
    )
    problem = fields.PlainTextField(
        label="主要技术难点", max_length=500, multiline=True, required=False
    )
    industry = fields.TermField(
        lambda: [("materials", "新材料"), ("machinery", "机械装备"), ("wood", "木业")],
        label="行业领域",
    )
    budget = fields.MoneyFormField(label="预算上限", help_text="留空表示面议", required=False)
    due = fields.DateField(label="期望解决时限", required=False)
    phone = fields.PhoneField(label="联系电话", required=False)
    keywords = fields.KeywordsField(
        label="关键词", required=False, help_text="最多 8 个，用顿号、逗号或空格分开"
    )
    cooperation = fields.TermMultiField(
        lambda: [
            ("transfer", "技术转让"),
            ("license", "技术许可"),
            ("joint_dev", "合作开发"),
            ("open_license", "开放许可"),
        ],
        label="合作方式",
    )
    route = forms.ChoiceField(
        label="联系方式",
        choices=[("direct", "直接联系我们"), ("broker", "通过技术经纪人")],
        widget=forms.RadioSelect,
        required=False,
    )
    attachment = forms.FileField(
        label="附件", required=False, help_text="PDF、Word 或图片，单个不超过 20 MB"
    )
    agree = forms.BooleanField(label="我确认以上内容真实，并已取得单位同意")


@require_safe
def ui(request: HttpRequest) -> HttpResponse:
    """The gallery; `?lang=en` shows it in English."""
    if not settings.UI_GALLERY:
        raise Http404
    language = request.GET.get("lang", "")
    if language in dict(settings.LANGUAGES):
        with translation.override(language):
            return render(request, "web/ui.html", _samples(request))
    return render(request, "web/ui.html", _samples(request))


def _samples(request: HttpRequest) -> dict[str, Any]:
    soon = clock.now() + timedelta(days=3, hours=5, minutes=20)
    return {
        "swatches": [f"{hue}-{step}" for hue, steps in SWATCHES.items() for step in steps],
        "icons": sorted(icons.PATHS),
        "long": LONG,
        "soon": soon,
        "yesterday": clock.now() - timedelta(days=1),
        "statuses": [
            ("draft", "草稿"),
            ("in_review", "待审核"),
            ("returned", "已退回"),
            ("published", "征集中"),
            ("expired", "已结束"),
            ("withdrawn", "已撤回"),
            ("solved", "已解决"),
        ],
        "form": SampleForm(
            initial={"title": "刨花板产线 VOCs 低温催化净化", "budget": 120_500_000}
        ),
        "bad_form": SampleForm(
            {
                "bad-title": LONG,
                "bad-budget": "一百二十",
                "bad-due": "1999-01-01",
                "bad-phone": "110",
            },
            prefix="bad",
        ),
        "rows": rows_of(IndicatorForm)(
            prefix="indicators",
            initial=[{"name": "矫顽力 Hcj", "comparator": "ge", "target": "21", "unit": "kOe"}],
        ),
        "panel": _panel(
            request.GET or QueryDict("q=钕铁硼&industry=materials&price_min=50&page=3")
        ),
        "no_panel": build_panel(QueryDict(""), "/_ui/", []),
        "sorts": sort_links(
            QueryDict("sort=new"),
            "/_ui/",
            [("", "相关度"), ("new", "最新发布"), ("price", "价格从低到高")],
            "new",
        ),
        "page": Paginator(range(1900), 20).get_page(7),
        "card": _card(),
        "match": _match(),
        "steps": _steps(),
        "wizard": [
            {"label": "基本情况", "url": "#wizard-1", "state": "done"},
            {"label": "指标与条件", "url": "", "state": "now"},
            {"label": "附件与知识产权", "url": "#wizard-3", "state": "bad"},
            {"label": "核对提交", "url": "", "state": "todo"},
        ],
        "todos": _todos(),
        "menu": [
            {"label": "待办", "url": "#todo", "icon": "home", "count": 5, "current": "page"},
            {"heading": "我的发布"},
            {"label": "我的需求", "url": "#needs", "icon": "target"},
            {"label": "我的成果", "url": "#achievements", "icon": "flask"},
            {"label": "单位与成员", "url": "#org", "icon": "users"},
        ],
        "history": [
            {"label": "提交审核", "actor": "周工", "at": clock.now() - timedelta(days=2)},
            {
                "label": "退回修改",
                "actor": "市级登记员",
                "at": clock.now() - timedelta(days=1),
                "note": "请补充检测方法。\n指标“剩磁”缺少单位。",
            },
        ],
        "files": [
            {"name": "技术任务书.pdf", "url": "#f", "kind": "PDF", "size": 421_888},
            {
                "name": LONG + ".docx",
                "url": "#f",
                "kind": "Word",
                "size": 1_204,
                "note": "仅本单位可见",
            },
        ],
        "facts": [("保证金", "不收取"), ("合作方式", "许可、合作开发"), ("知识产权", LONG)],
        **_charts(),
    }


def _panel(params: QueryDict) -> Panel:
    industry = [
        Option("materials", "新材料", 214),
        Option("materials.magnetic", "磁性材料", 61, level=1),
        Option("machinery", "机械装备", 187),
        Option("wood", "木业", 0),
    ]
    mode = [Option("license", "技术许可", 128), Option("equity", LONG[:24], 21)]
    groups = [
        Group("industry", "行业领域", industry),
        Group("cooperation", "合作方式", mode, open=False),
        Group("price", "意向价格", is_range=True, unit="万元"),
    ]
    return build_panel(params, "/_ui/", groups)


def _card() -> dict[str, Any]:
    return {
        "title": LONG,
        "url": "#card",
        "text": LONG * 2,
        "tags": [
            {"label": "新材料·磁性材料", "kind": "brand"},
            {"label": "许可", "kind": "line"},
            {"label": "已核验", "kind": "", "icon": "shield"},
        ],
        "facts": [("持有单位", "沂州理工大学（示例）"), ("有效专利", "6 件")],
        "side": [("意向价格", "120–180 万元"), ("成熟度", "TRL 8")],
    }


def _match() -> dict[str, Any]:
    rows = [
        ("yes", "行业领域", "新材料·磁性材料", "新材料·磁性材料", "一致"),
        ("yes", "矫顽力", "≥ 21 kOe", "22.4 kOe（第三方检测）", "满足"),
        ("part", "重稀土用量", "降低 ≥ 70%", "降低 62%", "差 8 个百分点"),
        ("no", "预算", "≤ 100 万元", "120–180 万元", "超出预算"),
        ("unknown", "剩磁", "≥ 13.6 kGs", "", "待确认"),
    ]
    return {
        "score": 86,
        "title": "烧结钕铁硼晶界扩散低重稀土技术",
        "url": "#match",
        "line": "沂州理工大学（示例） · TRL 8 · 意向 120–180 万元",
        "tags": [{"label": "新材料·磁性材料", "kind": "brand"}],
        "rows": [
            {"verdict": v, "label": n, "wanted": w, "offered": o, "words": t}
            for v, n, w, o, t in rows
        ],
        "note": "匹配度由文本 60% 与结构化证据 40% 合成。",
    }


def _steps() -> list[dict[str, str]]:
    return [
        {"state": "done", "label": "填写", "note": "2026-10-08 09:00"},
        {"state": "done", "label": "提交审核", "note": "2026-10-09 15:20"},
        {"state": "now", "label": "审核中", "note": "一般 2 个工作日"},
        {"state": "todo", "label": "发布", "note": ""},
    ]


def _todos() -> list[dict[str, Any]]:
    return [
        {
            "icon": "undo",
            "title": "需求被退回，请修改",
            "text": "刨花板产线 VOCs 低温催化净化",
            "due": "今天 17:00 前",
            "action": "去修改",
            "url": "#t1",
            "urgent": True,
        },
        {
            "icon": "deal",
            "title": "3 项新成果与你的需求匹配",
            "text": LONG,
            "action": "查看匹配",
            "url": "#t2",
        },
    ]


def _charts() -> dict[str, Any]:
    years = [("2020", 52.13, None), ("2021", 68.4, 70), ("2022", 89.7, 90), ("2023", 108.2, 112)]
    months = [f"{i}月" for i in range(1, 7)]
    done = charts.Series("本年累计", "s1", [8.2, 17.9, 34.6, 46.1, None, None], filled=True)
    pace = charts.Series("时间进度", "s3 dash", [14, 28, 42, 56, 70, 84])
    table = [(year, value, plan or "—") for year, value, plan in years]
    kinds = [("技术开发", 58.31), ("技术服务", 46.9), ("技术转让", 19.74), ("技术许可", 11.25)]
    return {
        "columns": charts.figure(
            "年度成交额与目标（亿元）",
            charts.legend([("实际", "k1"), ("目标", "plan")]) + charts.columns(years),
            ["年份", "实际", "目标"],
            table,
        ),
        "lines": charts.figure(
            "逐月累计成交额（亿元）",
            charts.legend([("本年累计", "s1"), ("时间进度", "s3 dash")])
            + charts.lines(months, [pace, done]),
            ["月份", "累计", "进度"],
            list(zip(months, [v or "—" for v in done.values], pace.values, strict=True)),
        ),
        "bars": charts.bars([("新材料", 41.2, "29%"), ("机械装备", 33.8, ""), (LONG[:18], 12, "")]),
        "stack": charts.stack(kinds),
        "goal": charts.goal(141.62, 170, 141.7),
        "spark": charts.spark([180, 195, 260, 240, 255, 310, 270]),
        "no_chart": charts.columns([]),
    }
