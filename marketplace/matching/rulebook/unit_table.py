"""The units that are known: symbols with their prefixes, Chinese names, counting words.

A line is (symbols, factor to the base units, dimensions, prefixes that may stand before it). The
case of a symbol is significant, so prefixes that people only write by mistake (MM, MG, ML) are left
out: such a spelling is then read as the usual unit instead of one a billion times larger.
"""

from fractions import Fraction

PREFIXES = {
    "p": Fraction(1, 10**12),
    "n": Fraction(1, 10**9),
    "μ": Fraction(1, 10**6),
    "u": Fraction(1, 10**6),
    "m": Fraction(1, 1000),
    "c": Fraction(1, 100),
    "d": Fraction(1, 10),
    "h": Fraction(100),
    "k": Fraction(1000),
    "M": Fraction(10**6),
    "G": Fraction(10**9),
    "T": Fraction(10**12),
}

_PI = Fraction("3.14159265358979323846264338327950288")
#: One oersted in ampere per metre; not a decimal number, so conversions with it are rounded ones.
OERSTED = Fraction(1000) / (4 * _PI)
_GRAVITY = Fraction("9.80665")
_MU = Fraction(2000, 3)  # 1 亩 in square metres

#: (symbols, factor, dimensions, prefixes)
SYMBOLS: tuple[tuple[str, Fraction | int, str, str], ...] = (
    ("m", 1, "m", "p n μ u m c d h k"),
    ("Å Å", Fraction(1, 10**10), "m", ""),
    ("ft", Fraction("0.3048"), "m", ""),
    ("mil", Fraction("0.0000254"), "m", ""),
    ("g", Fraction(1, 1000), "kg", "p n μ u m k"),
    ("lb lbs", Fraction("0.45359237"), "kg", ""),
    ("oz", Fraction("0.028349523125"), "kg", ""),
    ("Da", Fraction("1.66053906660e-27"), "kg", "k M"),
    ("t", 1000, "kg", "k"),
    ("s", 1, "s", "p n μ u m"),
    ("min", 60, "s", ""),
    ("h", 3600, "s", ""),
    ("d", 86_400, "s", ""),
    ("a", 365 * 86_400, "s", ""),
    ("A", 1, "A", "p n μ u m k"),
    ("K", 1, "K", "m"),
    ("mol", 1, "mol", "n μ u m k"),
    ("cd", 1, "cd", "m k"),
    ("lm", 1, "lm", "k"),
    ("lx", 1, "lm m-2", "k"),
    ("L l", Fraction(1, 1000), "m3", "n μ u m c d h k"),
    ("cc", Fraction(1, 10**6), "m3", ""),
    # A cubic metre of gas at 0 °C and one atmosphere: of an emission the same as m³ (`senses`).
    ("Nm3 Nm^3", 1, "gas", ""),
    ("ha", 10_000, "m2", ""),
    ("mu", _MU, "m2", ""),
    ("N", 1, "kg m s-2", "n μ u m k M"),
    ("dyn", Fraction(1, 10**5), "kg m s-2", ""),
    ("gf", _GRAVITY / 1000, "kg m s-2", ""),
    ("kgf", _GRAVITY, "kg m s-2", ""),
    ("Pa", 1, "kg m-1 s-2", "m h k M G"),
    ("bar", 100_000, "kg m-1 s-2", "m k"),
    ("atm", 101_325, "kg m-1 s-2", ""),
    ("Torr", Fraction(101_325, 760), "kg m-1 s-2", "m"),
    ("P", Fraction(1, 10), "kg m-1 s-1", "c"),
    ("St", Fraction(1, 10_000), "m2 s-1", "c"),
    ("mmHg", Fraction("133.322387415"), "kg m-1 s-2", ""),
    ("mmH2O", Fraction("9.80665"), "kg m-1 s-2", ""),
    ("psi", Fraction("6894.757293168"), "kg m-1 s-2", "k"),
    ("J", 1, "kg m2 s-2", "n μ u m k M G T"),
    ("cal", Fraction("4.1868"), "kg m2 s-2", "k M G"),
    ("Wh", 3600, "kg m2 s-2", "m k M G T"),
    ("W", 1, "kg m2 s-3", "n μ u m k M G T"),
    ("hp", Fraction("735.49875"), "kg m2 s-3", ""),
    ("VA", 1, "VA", "k M G"),
    ("var", 1, "var", "k M"),
    ("BTU", Fraction("1055.05585262"), "kg m2 s-2", "M"),
    ("V", 1, "kg m2 s-3 A-1", "n μ u m k M"),
    ("eV", Fraction("1.602176634e-19"), "kg m2 s-2", "m k M G"),
    ("Ω", 1, "kg m2 s-3 A-2", "μ u m k M G T"),
    ("S", 1, "kg-1 m-2 s3 A2", "n μ u m"),
    ("F", 1, "kg-1 m-2 s4 A2", "p n μ u m"),
    ("Ah", 3600, "A s", "m k"),
    ("T", 1, "kg s-2 A-1", "n μ u m"),
    ("Gs G", Fraction(1, 10_000), "kg s-2 A-1", ""),
    ("kGs", Fraction(1, 10), "kg s-2 A-1", ""),
    ("Oe", OERSTED, "m-1 A", "k"),
    ("MGOe", Fraction(100_000) / (4 * _PI), "kg m-1 s-2", ""),
    ("GOe", Fraction(1, 10) / (4 * _PI), "kg m-1 s-2", ""),
    ("Hz", 1, "s-1", "m k M G T"),
    ("r", 1, "r", ""),
    ("rpm", Fraction(1, 60), "r s-1", "k"),
    ("rps", 1, "r s-1", ""),
    ("rad", 1, "rad", "m"),
    ("Sv", 1, "Sv", "n μ u m"),
    ("Gy", 1, "Gy", "m k"),
    # The root of a metre, as in a fracture toughness: no whole power, so a base of its own.
    ("√m", 1, "√m", ""),
    ("Bq", 1, "Bq", "m k M G T"),
    ("bit", 1, "bit", "k M G T"),
    ("b", 1, "bit", "k M G T"),
    ("bps", 1, "bit s-1", "k M G T"),
    ("B", 8, "bit", "k M G T P"),
    ("Bps", 8, "bit s-1", "k M G T"),
    ("in", Fraction("0.0254"), "m", ""),
    ("Nm", 1, "kg m2 s-2", "m k"),
    ("gce", 1, "ce", "k"),
    ("tce", 10**6, "ce", ""),
    ("gCO2 gCO2e gCO2eq", 1, "co2", "k"),
    ("tCO2 tCO2e tCO2eq", 10**6, "co2", ""),
    ("% wt% wt.% %wt", Fraction(1, 100), "", ""),
    ("‰", Fraction(1, 1000), "", ""),
    # Of a humidity the same as % (`senses`).
    ("%RH RH% %R.H. %rh RH", Fraction(1, 100), "rh", ""),
    ("mol%", Fraction(1, 100), "molar", ""),
    ("at% at.%", Fraction(1, 100), "atomic", ""),
    ("ppm ppmw", Fraction(1, 10**6), "", ""),
    ("ppb", Fraction(1, 10**9), "", ""),
    ("vol% v%", Fraction(1, 100), "vol", ""),
    ("ppmv", Fraction(1, 10**6), "vol", ""),
    ("ppbv", Fraction(1, 10**9), "vol", ""),
    ("CNY RMB ¥ ￥", 1, "yuan", ""),
)

#: Affine scales: kelvin = value * factor + offset.
TEMPERATURES = {
    "°C": (Fraction(1), Fraction("273.15")),
    "°F": (Fraction(5, 9), Fraction("459.67") * Fraction(5, 9)),
    "K": (Fraction(1), Fraction(0)),
}

#: Chinese names, and spellings that are not built from a symbol, as expressions of symbols.
NAMES = dict(
    pair.split("=")
    for line in (
        "米=m 分米=dm 厘米=cm 毫米=mm 微米=μm 纳米=nm",
        "千米=km 公里=km 英寸=in 丝=0.01mm",
        "克=g 毫克=mg 微克=μg 纳克=ng 千克=kg 公斤=kg",
        "斤=0.5kg 吨=t 公吨=t kilogram=kg ton=t tons=t",
        "秒=s 秒钟=s 毫秒=ms 微秒=μs 纳秒=ns 分钟=min",
        "小时=h 钟头=h hr=h hrs=h hour=h hours=h sec=s",
        "天=d 日=d day=d days=d 日历天=d 周=7d 星期=7d",
        "年=a yr=a year=a years=a",
        "平方米=m^2 平米=m^2 平方厘米=cm^2 平方毫米=mm^2",
        "平方公里=km^2 平方千米=km^2 公顷=ha 亩=mu sqm=m^2",
        "立方米=m^3 立方=m^3 方=m^3 立方厘米=cm^3 cbm=m^3",
        "升=L 毫升=mL 微升=μL",
        "牛=N 牛顿=N 千牛=kN 牛米=Nm",
        "帕=Pa 千帕=kPa 兆帕=MPa 吉帕=GPa 巴=bar 大气压=atm",
        "焦=J 焦耳=J 千焦=kJ 兆焦=MJ 吉焦=GJ 卡=cal",
        "千卡=kcal 大卡=kcal 千瓦时=kWh 兆瓦时=MWh 度电=kWh",
        "瓦=W 瓦特=W 千瓦=kW 兆瓦=MW 马力=hp",
        "伏=V 伏特=V 千伏=kV 毫伏=mV 千伏安=kVA",
        "安=A 安培=A 毫安=mA 欧=Ω 欧姆=Ω ohm=Ω",
        "乏=var 千乏=kvar 兆乏=Mvar 厘泊=cP 泊=P 厘斯=cSt 达因=dyn 埃=Å 英尺=ft 磅=lb 盎司=oz",
        "标方=Nm3 标立方=Nm3 标准立方米=Nm3 公斤力=kgf 毫巴=mbar 托=Torr 开氏度=K 吉瓦=GW 毫欧=mΩ 兆欧=MΩ",
        "微安=μA 微法=μF 皮法=pF 毫秒钟=ms 毫克每升=mg/L 西门子=S 毫西门子=mS 微西门子=μS",
        "转每分=r/min 转每分钟=r/min 米每秒=m/s 赫芝=Hz 毫米汞柱=mmHg 度每秒=°/s",
        "特斯拉=T 高斯=Gs 奥斯特=Oe 千高斯=kGs 千奥=kOe",
        "赫=Hz 赫兹=Hz 千赫=kHz 千赫兹=kHz 兆赫=MHz 兆赫兹=MHz",
        "吉赫=GHz 转=r rev=r 摄氏度=°C degC=°C 华氏度=°F",
        "degF=°F 开=K 开尔文=K 摩尔=mol 比特=bit 字节=B",
        "兆比特=Mb 流明=lm 勒克斯=lx 弧度=rad",
        "元=CNY 人民币=CNY 元人民币=CNY 角=0.1CNY",
        "百分比=% 千分比=‰ (BH)max=kJ/m^3",
    )
    for pair in line.split()
)

#: Spellings of whole units, in lower case, that would be read wrongly: us/cm as time per length instead of
#: conductivity, cps as seconds.
SPELLINGS = {
    "us/cm": "μS/cm",
    "μs/cm": "μS/cm",
    "ms/cm": "mS/cm",
    "us/m": "μS/m",
    "μs/m": "μS/m",
    "mpas": "mPa·s",
    "pas": "Pa·s",
    "cps": "mPa·s",
}
#: The meaning of these after a slash; elsewhere 分 is a mark out of a hundred.
PER = {"分": "min", "时": "h", "点": "h"}

#: Words for the same thing that is counted; anything else counts as a unit of its own.
SAME_WORDS = {
    "月": "个月",
    "百分点": "个百分点",
    "pp": "个百分点",
    "db(a)": "dba",
    "分贝": "db",
    "分贝(a)": "dba",
    "回": "次",
    "倍数": "倍",
    "°": "度",
    "公升": "l",
}

#: Numerals that may stand before a unit: 万元, 亿CFU, 百吨.
NUMERALS = {
    "亿": 10**8,
    "千万": 10**7,
    "百万": 10**6,
    "十万": 10**5,
    "万": 10**4,
    "千": 1000,
    "百": 100,
    "十": 10,
}

#: Scales on which a gap in per cent is meaningless: the difference itself is shown.
SCALES_OF_STEPS = frozenset(
    {"db", "dba", "级", "级别", "分", "ph", "hrc", "hb", "hv", "hs", "ip", "类", "°bx", "等", "度"}
)
