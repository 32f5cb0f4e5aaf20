"""The empty sheet that an institution fills in: headings, examples, explanations, choices."""

from typing import IO

from django.utils.translation import gettext as _

from marketplace.achievements.imports.reading import EXAMPLE, REACHED, READ
from marketplace.sheets.writers import write_xlsx

#: Made up; the rows are known by the word in the column 编号 and passed over on import.
EXAMPLES = (
    {
        "code": EXAMPLE,
        "title": "无醛豆粕基木材胶黏剂及连续热压工艺",
        "summary": "以脱脂豆粕为主剂的无醛胶黏剂，可在现有热压线上替代脲醛胶，板材甲醛释放量低于 0.03 mg/m³。",
        "description": "豆粕经碱—酶两步改性后与水性交联剂复配，固含量 38%，适用期 6 小时；热压温度 125 ℃，"
        "每毫米板厚 50 秒，无须更换设备。已在年产 3 万立方米的多层板线连续试用 8 个月。",
        "innovation": "碱—酶两步改性，黏度下降一半\n水性交联剂替代甲醛",
        "scenario": "多层实木复合板、细木工板生产线",
        "comparison": "每立方米板材胶成本增加约 35 元，省去除醛工序约 20 元。",
        "industry": "木业",
        "field": "新材料及其应用",
        "district": "济南市",
        "keywords": "豆粕胶；无醛；热压",
        "trl": "7",
        "trl_evidence": "生产线连续试用 8 个月，第三方检测报告 2 份",
        "has_sample": "是",
        "cooperation": "技术许可、技术服务",
        "pricing_mode": "协议定价",
        "price_min": "80",
        "price_max": "120",
        "indicators": "甲醛释放量|≤|0.03|mg/m³|GB/T 17657 气候箱法|第三方检测\n静曲强度|~|32~38|MPa|GB/T 17657",
        "patents": "发明专利|ZL202010000001.1|已授权|一种豆粕胶黏剂",
        "is_state_owned": "是",
        "owners": "示例大学|70%\n示例木业有限公司|30%",
        "inventors": "张三|教授|总体方案\n李四|高级工程师",
        "contact_name": "王五",
        "contact_phone": "0531-88000000",
        "discipline": "林业工程",
    },
    {
        "code": EXAMPLE,
        "description": "只有摘要也可以导入：名称由系统从正文提取并标记，简介取正文开头，其余留空，由单位日后补充。",
        "keywords": "摘要；批量导入",
        "discipline": "材料科学与工程",
    },
)


def template_file() -> IO[bytes]:
    """The template as an XLSX file, rewound; the caller closes it."""
    # Name, number and address have columns of their own; the one for all three is only understood.
    asked = [column for column in READ if column.name != REACHED]
    columns = [column.for_sheet() for column in asked]
    rows = ([example.get(column.name, "") for column in asked] for example in EXAMPLES)
    notes = [
        _("每行一项成果，一次最多 20000 行；表头请保留，列的顺序可以改变，用不到的列可以删除。"),
        _("编号一列写“示例”的行不会导入。"),
        _("带 * 的列必填；其余内容越全，越容易与企业需求匹配。"),
        _(
            "一格里有多项内容的：多个选项用顿号或分号隔开；指标、知识产权、权属、完成人每行一项，各部分用竖线 | 隔开。"
        ),
        _("上传后先检查，不会直接写入；检查结果可以下载，改正后重新上传。"),
        _("同一项成果重复导入不会产生重复记录。"),
    ]
    return write_xlsx(_("成果导入"), columns, rows, notes=notes, with_choices=True)
