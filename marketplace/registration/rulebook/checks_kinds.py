"""Checks of the conditions of each kind, and of clauses that the law does not want."""

import re

from marketplace.registration.rulebook.case import Answer, Case, check
from marketplace.registration.rulebook.facts import BROKER
from marketplace.registration.rulebook.words import found_words

_NUMBER = re.compile(r"\d|[≥≤<>%％℃]|[一二三四五六七八九十]+(?:项|个|台|套|次|份|倍|级)")
_MEASURE = re.compile(
    r"(?:≥|≤|>|<|不(?:低|少|大|小|超过|高)[于过]?|达到|提高|降低|提升|减少|误差|精度|合格率|效率)[^，。；\n]{0,16}\d"
    r"|\d+(?:\.\d+)?\s*(?:%|％|℃|mm|μm|MPa|kPa|kW|dB|小时|毫米|微米|分钟|秒|吨|千克|kg|倍|次|ppm|mg|mL|Hz|V|A|m³|t/h)"
)
_PATENT = re.compile(
    r"(?:ZL|CN)?\s*((?:19|20)\d{2}[1-389]\d{7}|\d{2}[1-389]\d{5})\.?([0-9X])(?!\d)", re.IGNORECASE
)
_MONOPOLY = (
    r"不得[^，。；\n]{0,14}(?:改进|改良|后续研发|后续开发|再开发|研究开发|二次开发)",
    r"不得[^，。；\n]{0,10}(?:从|向|与)[^，。；\n]{0,10}(?:引进|采购|购买|获取|吸收|取得|采用|合作)[^，。；\n]{0,10}(?:技术|专利)",
    r"(?:改进|后续)[^，。；\n]{0,14}(?:无偿|免费)[^，。；\n]{0,8}(?:归|提供|许可|转让)",
    r"(?:必须|应当|只能|只得)[^，。；\n]{0,10}(?:向|从)[^，。；\n]{0,10}(?:购买|采购)[^，。；\n]{0,12}(?:原料|原材料|设备|零部件|产品|备件)",
    r"不得[^，。；\n]{0,10}(?:质疑|异议|无效宣告)[^，。；\n]{0,10}(?:专利|知识产权|有效性)?",
    r"不得[^，。；\n]{0,10}(?:生产|经营|销售|使用)[^，。；\n]{0,8}(?:竞争|类似|同类)[^，。；\n]{0,6}(?:产品|技术)",
)
_INFRINGING = (
    r"(?:未经|未取得|未获得?)[^，。；\n]{0,10}(?:权利人|专利权人|原单位|第三方|原作者)[^，。；\n]{0,8}(?:许可|授权|同意)",
    r"(?:来源于|取自|复制自|反编译)[^，。；\n]{0,16}(?:原单位|他人|竞争对手|第三方)[^，。；\n]{0,10}(?:技术秘密|图纸|源代码|资料)",
)
_APPROVED_GOODS = r"药品|新药|疫苗|医疗器械|兽药|农药|转基因|食品添加剂|保健食品|特种设备|压力容器|民用核|密码产品|无人机管制|危险化学品|种子生产"
_APPROVED = (
    r"批准(?:文件|文号|书)?|许可证|注册证|登记证|备案(?:号|证|凭证)|证书编号|无需(?:审批|许可)"
)


def _has_measures(case: Case) -> bool:
    return any(_NUMBER.search(row.target) for row in case.facts.acceptance) or bool(
        _MEASURE.search(case.body)
    )


@check("targets_not_quantified")
def _targets_not_quantified(case: Case) -> Answer:
    return (case.is_kind("KF") or case.is_plain_service) and not _has_measures(case)


@check("acceptance_missing")
def _acceptance_missing(case: Case) -> Answer:
    needs = case.is_kind("KF", "ZX") or case.is_plain_service
    return needs and not case.facts.acceptance and not case.mentions(r"验收|评审通过|考核合格")


@check("already_mastered")
def _already_mastered(case: Case) -> Answer:
    if not case.is_kind("KF"):
        return False
    return case.says(
        r"(?:已经?|早已)(?:完全)?掌握",
        r"(?:现有|已有|自有|成熟)(?:的)?(?:成熟)?(?:产品|软件产品|定型产品|技术方案)(?:的)?(?:供货|交付|提供|部署|应用)",
        r"已(?:完成产业化|定型|量产|批量生产|投产)",
        r"成熟(?:产品|技术)",
        # What the seller has already; what the buyer uses for years is the reason for many a development.
        r"(?:其|乙方的?)成熟的?[^，。；\n]{0,12}(?:标准版|软件|系统|产品)",
        r"乙方[^，。；\n]{0,20}已经?(?:在[^，。；\n]{1,14})?(?:使用|应用|销售|推广)(?:了)?(?:多年|[\d一二三四五六七八九十]+年)",
    )


@check("routine_work")
def _routine_work(case: Case) -> Answer:
    if not case.is_kind("KF"):
        return False
    return case.says(
        r"仿制|仿造|测绘复制",
        r"(?:仅|只)?(?:改变|调整)(?:产品)?(?:尺寸|外形|颜色|参数|排列)",
        r"(?:常规|一般|例行)(?:性)?(?:检验|检测|测试|鉴定|试验|维护)(?!方法|手段|技术)",
        # 常规抗压强度检验; but not 常规方法难以检测, which is the reason for a development.
        r"(?:常规|例行)(?:性|的)?[^，。；\n方手难无不]{1,6}(?:检验|检测|试验)(?!方法|手段|技术)",
    )


@check("patent_number_missing")
def _patent_number_missing(case: Case) -> Answer:
    if not case.is_kind("ZR1", "ZR2", "XK1"):
        return False
    return not re.search(r"\d{8}", case.facts.ip_numbers) and not _PATENT.search(case.body)


def _check_sign(digits: str) -> str:
    """The check sign of a Chinese patent number: weights 2–9 from the left, again from 2, modulo 11."""
    total = sum(int(sign) * (2 + place % 8) for place, sign in enumerate(digits))
    return "0123456789X"[total % 11]


@check("patent_number_invalid")
def _patent_number_invalid(case: Case) -> Answer:
    return [
        found[0].strip()
        for found in _PATENT.finditer(case.facts.ip_numbers)
        if _check_sign(found[1]) != found[2].upper()
    ]


@check("ownership_missing")
def _ownership_missing(case: Case) -> Answer:
    if not case.is_kind("ZR", "XK") or case.reading is None:
        return False
    return not case.mentions(
        r"归[^，。；\n]{1,12}(?:所有|享有)",
        r"权属|归属|所有权|权利人变更|著录项目变更|保留[^，。；\n]{0,8}权",
        r"为专利权人|共有|(?:拥有|享有)[^，。；\n]{0,10}(?:专利权|知识产权|著作权|所有权)",
    )


@check("public_domain")
def _public_domain(case: Case) -> Answer:
    if not case.is_kind("ZR", "XK"):
        return False
    return case.says(
        r"公知技术|公有领域|现有公开技术|公开出版物",
        r"(?:专利权?|权利)[^，。；\n]{0,10}(?:已失效|已终止|已届满|因未缴年费)",
        # Most contracts say who pays if a patent is declared void later: that is no fault.
        r"(?:^|(?<=[，。；：\n]))(?![^，。；\n]{0,12}(?:如|若|一旦|倘))[^，。；\n]{0,12}专利权?[^，。；\n]{0,10}被宣告无效(?!的|之|后|时|，)",
        r"(?:已|均已)[^，。；\n]{0,8}(?:公开发表|论文公开|对外公开)",
    )


@check("secret_not_kept")
def _secret_not_kept(case: Case) -> Answer:
    if not case.is_kind("ZR3", "XK2") or not case.body.strip():
        return False
    return not case.mentions(r"保密|秘密点|不得(?:泄露|披露)")


@check("not_consulting")
def _not_consulting(case: Case) -> Answer:
    if not case.is_kind("ZX"):
        return False
    return case.says(
        r"(?:经济|财务|投资收益)分析",
        r"法律(?:咨询|顾问|意见)",
        r"社会(?:发展|稳定)[^，。；\n]{0,6}(?:项目|风险)?[^，。；\n]{0,6}(?:论证|评价|评估|调查)",
        r"(?:购买|采购|选购)[^，。；\n]{0,10}(?:设备|仪器|原材料)[^，。；\n]{0,8}咨询",
        r"(?:设备|仪器|原材料)(?:购买|采购|选购|招标)[^，。；\n]{0,8}咨询",
        r"(?:管理|营销|市场|品牌|人力资源|财务|上市)(?:策划|咨询|调查)",
    )


@check("report_missing")
def _report_missing(case: Case) -> Answer:
    if not case.is_kind("ZX") or not case.body.strip():
        return False
    return not case.mentions(r"报告|咨询意见|意见书|建议书|论证书")


@check("not_service")
def _not_service(case: Case) -> Answer:
    if not case.is_kind("FW", "FW-P", "FW-Z"):
        return False
    return case.says(
        r"加工承揽|承揽(?:加工|定作)?|(?:来料|来图|来样|按图)加工|定作(?:物|加工)",
        r"(?:建设|土建|装修|装饰|安装|土石方)工程(?:的)?(?:施工|承包|总承包)",
        r"施工(?:总)?承包|土建施工|工程总承包|EPC",
    )


@check("service_moves_rights")
def _service_moves_rights(case: Case) -> Answer:
    if not case.is_kind("FW", "FW-P"):
        return False
    return case.says(
        r"(?:专利权|专利申请权|著作权|技术秘密)[^，。；\n]{0,10}(?:转让|过户|变更)(?:给|至|到|归)",
        r"将[^，。；\n]{0,16}(?:专利权?|著作权|技术秘密)[^，。；\n]{0,6}(?:转让|许可)(?:给|至|予)",
    )


@check("training_excluded")
def _training_excluded(case: Case) -> Answer:
    if not case.is_kind("FW-P"):
        return False
    return case.says(
        r"员工(?:的)?(?:业务)?素质|职业(?:技能|素养|道德)(?:培训|教育)?|文化(?:学习|课)|执行力|团队建设|礼仪|新员工入职",
        r"(?:产品|设备|软件)(?:的)?(?:使用|操作|性能|功能)[^，。；\n]{0,8}(?:培训|讲解|演示)",
        r"(?:所售|销售的?|所购|供应的?)[^。；\n]{0,24}(?:使用|操作|性能|功能)",
    )


@check("trainees_unnamed")
def _trainees_unnamed(case: Case) -> Answer:
    if not case.is_kind("FW-P") or not case.body.strip():
        return False
    return not case.mentions(
        r"(?:指定|选派|委派|派出|确定)[^。；\n]{0,24}(?:人员|学员|工程师|骨干|技术员)",
        r"(?:学员|人员|培训对象)[^。；\n]{0,12}(?:名单|见附件|由甲方|由委托方)",
        r"名单(?:详?见|附|如)",
        r"\d+\s*名[^，。；\n]{0,16}(?:技术人员|工程师|专业技术|研发人员|工艺员|化验员)",
    )


@check("training_in_other")
def _training_in_other(case: Case) -> Answer:
    if not case.is_kind("FW-P"):
        return False
    return case.says(
        r"(?:作为|系|属于|是)[^，。；\n]{0,30}(?:开发|转让|许可)合同(?:》)?[^，。；\n]{0,10}(?:一部分|组成部分|附件|配套|约定)",
        r"(?:根据|依据|履行)[^，。；\n]{0,30}(?:开发|转让|许可)合同(?:》)?[^，。；\n]{0,12}(?:培训|附随)",
    )


@check("intermediary_rights")
def _intermediary_rights(case: Case) -> Answer:
    """A broker among the parties, or a third party in the text, and no clause about him."""
    if not case.is_kind("FW-Z"):
        return False
    is_three_party = bool(case.facts.side(BROKER)) or case.mentions(r"丙方")
    if not is_three_party or not case.body.strip():
        return False
    return not case.mentions(
        r"(?:中介方|居间方|居间人|丙方)[^。；\n]{0,30}(?:权利|义务|报酬|负责|应当|服务费|居间费|中介费|提供)"
    )


@check("intermediary_vague")
def _intermediary_vague(case: Case) -> Answer:
    if not case.is_kind("FW-Z") or not case.body.strip():
        return False
    return not case.mentions(
        r"(?:关于|就|促成)[^。；\n]{0,40}(?:技术|专利|成果|工艺|项目)[^。；\n]{0,20}(?:转让|许可|开发|合作|交易|服务|合同)",
        r"《[^》]{4,}》",
    )


@check("monopoly_clause")
def _monopoly_clause(case: Case) -> Answer:
    # The clauses are prohibitions themselves, so a negation before them does not count.
    found = []
    for pattern in _MONOPOLY:
        if match := re.search(pattern, case.body):
            before = case.body[max(0, match.start() - 10) : match.start()]
            if not re.search(r"(?:不存在|没有|不含|未约定)[^，。；]{0,8}$", before):
                found.append(match[0])
    return found


@check("infringing_clause")
def _infringing_clause(case: Case) -> Answer:
    found = []
    for pattern in _INFRINGING:
        for match in re.finditer(pattern, case.body):
            behind = case.body[match.end() : match.end() + 16]
            # "未经权利人许可，不得……" forbids it and is a good clause.
            if not re.match(r"[^。；\n]{0,10}(?:不得|禁止|不可|无权)", behind):
                found.append(match[0])
                break
    return found


@check("approval_missing")
def _approval_missing(case: Case) -> Answer:
    found = found_words(case.body, _APPROVED_GOODS)
    return found if found and not case.mentions(_APPROVED) else False
