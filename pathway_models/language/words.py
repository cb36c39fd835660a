"""Table of the words of figures, tables and sentences, English and Chinese."""

import os
import re
from types import MappingProxyType
from unicodedata import east_asian_width

LANGUAGES = ("en", "zh")
#: Environment variable that names a language.
VARIABLE = "PATHWAYS_LANG"

#: Mark on everything that shows an invented park, in both languages, so that a figure taken out of its report still
#: carries it.
INVENTED = "INVENTED / 虚构"

#: Id of the package that a report advises, as a scenario of its own.
ADVISED = "advised_package"
#: key -> (English, Chinese)
WORDS = MappingProxyType(
    {
        # sources of a pathway and of an inventory
        "coal": ("coal", "煤炭"),
        "oil": ("oil", "油品"),
        "gas": ("gas", "天然气"),
        "other_fuel": ("other fuels", "其他燃料"),
        "process": ("industrial processes", "工业过程"),
        "process_and_balance": ("processes and balances", "工业过程与平衡项"),
        "conversion": ("conversion balance", "转换平衡项"),
        "exported": ("power and heat sold", "外售电力和热力"),
        "capture_heat": ("heat for capture", "捕集用热"),
        "captured": ("captured CO₂", "捕集的CO₂"),
        "electricity": ("purchased electricity", "外购电力"),
        "heat": ("purchased heat", "外购热力"),
        "capture_electricity": ("electricity for capture", "捕集用电"),
        "biomass": ("biomass", "生物质"),
        "hydrogen": ("hydrogen", "氢能"),
        "green_electricity": ("green electricity", "绿色电力"),
        "waste_heat": ("waste heat", "余热"),
        "own_power": ("power from own clean plants", "自有清洁电力"),
        "clean_power": ("clean power, made or bought", "清洁电力（自建或外购）"),
        "clean_fuels": ("biomass and green hydrogen", "生物质与绿氢"),
        "heat_and_vehicles": ("heat pumps, waste heat, electric vehicles", "热泵、余热与电动车辆"),
        # uses of energy (data/sectors.yml)
        "reductant": ("reduction of ore", "矿石还原"),
        "injection": ("injection into blast furnaces", "高炉喷吹"),
        "kiln": ("kiln fuel", "窑炉燃料"),
        "heat_below_200": ("heat below 200 °C", "200 °C以下供热"),
        "heat_200_500": ("heat, 200-500 °C", "200-500 °C供热"),
        "heat_above_500": ("heat above 500 °C", "500 °C以上供热"),
        # sectors of the shipped tables; a user's own sector ids are shown as they are
        "park": ("whole park", "园区整体"),
        "region": ("whole region", "区域整体"),
        "agriculture": ("agriculture", "农林业"),
        "industry": ("industry", "工业"),
        "transport": ("transport", "交通"),
        "buildings": ("buildings", "建筑"),
        "residents": ("residents", "居民"),
        "power_heat": ("power and heat", "电力热力"),
        "power": ("power", "电力"),
        "steel": ("iron and steel", "钢铁"),
        "cement": ("cement and minerals", "水泥建材"),
        "other_industry": ("other industry", "其他工业"),
        "food": ("food", "食品"),
        "pharma": ("pharmaceuticals", "医药"),
        "chp": ("combined heat and power", "热电联产"),
        "chemicals": ("chemicals", "化工"),
        "light_industry": ("light industry", "轻工"),
        "refining": ("refining", "炼油"),
        # sectors of installations by the activity classes of the EU emissions trading system
        "undivided": ("fuel and process, not separated", "燃料与过程未分列"),
        "undivided_fuel": ("fuels, not split by carrier", "燃料（未分品种）"),
        "power_station": ("power stations", "发电厂"),
        "mixed_chp": ("mixed heat and power", "热电联产（混合）"),
        "other_combustion": ("other combustion", "其他燃烧装置"),
        "industrial_combustion": ("industrial combustion", "工业燃烧装置"),
        "bulk_chemicals": ("bulk chemicals", "大宗化学品"),
        "hydrogen_production": ("hydrogen production", "制氢"),
        "ammonia": ("ammonia", "合成氨"),
        "nitric_acid": ("nitric acid", "硝酸"),
        "adipic_acid": ("adipic acid", "己二酸"),
        "glyoxal": ("glyoxal", "乙二醛"),
        "soda_ash": ("soda ash", "纯碱"),
        "steelmaking": ("iron and steel", "钢铁冶炼"),
        "coke_ovens": ("coke ovens", "炼焦"),
        "ferrous_metals": ("ferrous metals", "黑色金属加工"),
        "aluminium": ("aluminium", "铝冶炼"),
        "nonferrous_metals": ("non-ferrous metals", "有色金属"),
        "cement_lime": ("cement and lime", "水泥和石灰"),
        "glass_making": ("glass", "玻璃"),
        "ceramics": ("ceramics", "陶瓷"),
        "gypsum": ("gypsum", "石膏"),
        "pulp_paper": ("pulp and paper", "造纸"),
        "opted_in": ("opted in, activity not known", "自愿纳入（类别不明）"),
        "ironmaking": ("ironmaking", "炼铁"),
        "rolling": ("rolling", "轧钢"),
        "clinker": ("clinker", "水泥熟料"),
        "limestone": ("limestone", "石灰石"),
        "dolomite": ("dolomite", "白云石"),
        "electrode": ("electrodes", "电极"),
        "conversion_exported_electricity": ("electricity sold beyond purchases", "超出外购的外售电力"),
        "conversion_exported_heat": ("heat sold beyond purchases", "超出外购的外售热力"),
        "conversion_captured_stored": ("CO₂ captured and stored", "捕集并封存的CO₂"),
        "conversion_captured_used": ("CO₂ captured and used", "捕集并利用的CO₂"),
        "conversion_fixed_crude_steel": ("carbon kept in crude steel", "粗钢固碳"),
        "conversion_fixed_methanol": ("carbon kept in methanol", "甲醇固碳"),
        "conversion_coal": ("conversion of coal", "煤炭加工转换"),
        "conversion_oil": ("conversion of oil", "油品加工转换"),
        "conversion_gas": ("conversion of gas", "天然气加工转换"),
        "conversion_heat": ("conversion to heat", "供热加工转换"),
        # statuses of a member's peak
        # totals by account of purchased power (docs/accounts.md)
        "total_reported": ("total, as reported", "总量（填报口径）"),
        "total_location": ("total, location-based", "总量（基于位置）"),
        "total_market": ("total, market-based", "总量（基于市场）"),
        "scope 1": ("scope 1", "范围一"),
        "scope 1 + 2, market-based": ("scope 1 + 2, market-based", "范围一与范围二（基于市场）"),
        "in_record": ("peak lies in the record", "记录期内已达峰"),
        "bridged": ("peaks up to the issue year", "记录之后、评估年及以前达峰"),
        "ahead": ("peaks ahead, in time", "此后按时达峰"),
        "after": ("peaks too late", "此后晚于目标达峰"),
        "not_within_horizon": ("no peak within the horizon", "预测期内未见达峰"),
        "plateau": ("flat at the end", "期末仍处平台"),
        # years of a series
        "year_observed": ("observed", "观测"),
        "year_nowcast": ("nowcast", "现状推算"),
        "year_bridged_by_law": ("growth law", "按增长规律"),
        # families of levers
        "structure": ("industrial structure", "产业结构"),
        "efficiency": ("energy efficiency", "能效提升"),
        "management": ("management and behaviour", "低碳管理与宣传教育"),
        "substitution": ("energy substitution", "能源替代"),
        "ccus": ("carbon capture (CCUS)", "碳捕集利用与封存"),
        "sinks": ("carbon sinks", "碳汇"),
        # settings of levers, and what their numbers are shares of (data/levers.yml)
        "moderate": ("moderate", "适度"),
        "strong": ("strong", "强化"),
        "share of industrial activity": ("share of industrial activity", "占工业活动"),
        "TJ/TJ per value added": ("TJ/TJ per value added", "单位增加值能耗之比"),
        "share of energy per activity below the baseline trend": (
            "share of energy per activity below the baseline trend",
            "低于基准趋势的单位活动能耗",
        ),
        "share of energy per activity": ("share of energy per activity", "占单位活动能耗"),
        "share of the energy that reduces ore": ("share of the energy that reduces ore", "占矿石还原用能"),
        "share of coal blown into furnaces": ("share of coal blown into furnaces", "占高炉喷煤"),
        "share of coal burnt for power": ("share of coal burnt for power", "占发电用煤"),
        "share of fuel for heat below 200 °C and for buildings": (
            "share of fuel for heat below 200 °C and for buildings",
            "占200 °C以下供热与建筑用燃料",
        ),
        "share of coal and oil for heat": ("share of coal and oil for heat", "占供热用煤和油"),
        "GJ/tCO2, fuel": ("GJ/tCO2, fuel", "GJ/tCO2（燃料）"),
        "share of fuel for transport": ("share of fuel for transport", "占交通用燃料"),
        "share of fuel that plants burn for heat below 200 °C": (
            "share of fuel that plants burn for heat below 200 °C",
            "占企业200 °C以下供热用燃料",
        ),
        "share of coal for heat": ("share of coal for heat", "占供热用煤"),
        "share of coal for steam and power": ("share of coal for steam and power", "占供汽与发电用煤"),
        "share of kiln fuel": ("share of kiln fuel", "占窑炉燃料"),
        "share of fuel for heat above 200 °C and transport": (
            "share of fuel for heat above 200 °C and transport",
            "占200 °C以上供热与交通用燃料",
        ),
        "share of purchased electricity that is not green yet": (
            "share of purchased electricity that is not green yet",
            "占尚非绿电的外购电力",
        ),
        "share of purchased heat": ("share of purchased heat", "占外购热力"),
        "share of process emissions per output": ("share of process emissions per output", "占单位产品过程排放"),
        "share of eligible direct and process emissions": (
            "share of eligible direct and process emissions",
            "占可捕集的直接与过程排放",
        ),
        "share": ("share", "比例"),
        "share of today's green area": ("share of today's green area", "占现有绿地面积"),
        "europe": ("Europe", "欧洲"),
        # how records show themselves in a notebook
        "scope 2": ("scope 2", "范围二"),
        "peaks in time": ("peaks in time", "按时达峰"),
        "past already": ("past already", "已达峰"),
        "ahead of us": ("ahead", "未来达峰"),
        "not before": ("not before", "届时未达峰"),
        "levers": ("levers", "措施数"),
        "families": ("families", "类别"),
        "shown_park": (
            "energy by carrier, {count} sectors, {first}-{last}",
            "{first}-{last}年分品种用能，{count}个行业",
        ),
        "shown_emissions": ("emissions, {unit} a year", "排放，{unit}/年"),
        "shown_pathways": (
            "median and 90 % of {count:,} members, {unit} a year",
            "{count:,}次模拟的中位数与90%区间，{unit}/年",
        ),
        "shown_peaks": ("does it peak before {year}?", "能否在{year}年前达峰？"),
        "shown_headline": ("does it peak before {year}? issue year {issued}", "{issued}年评估：能否在{year}年前达峰？"),
        "shown_scenarios": ("{count} scenarios", "{count}个情景"),
        # effects of a decomposition
        "activity": ("activity", "活动规模"),
        "intensity": ("intensity", "强度"),
        "mix": ("energy mix", "能源结构"),
        "fuel_factor": ("factors of fuels and processes", "燃料与过程排放因子"),
        "grid_factor": ("factors of power and heat", "电力与热力排放因子"),
        "balance": ("conversion and sales", "转换及外售"),
        # states of decoupling (Tapio 2005)
        "strong_decoupling": ("strong decoupling", "强脱钩"),
        "weak_decoupling": ("weak decoupling", "弱脱钩"),
        "expansive_coupling": ("expansive coupling", "扩张连结"),
        "expansive_negative_decoupling": ("expansive negative decoupling", "扩张负脱钩"),
        "strong_negative_decoupling": ("strong negative decoupling", "强负脱钩"),
        "weak_negative_decoupling": ("weak negative decoupling", "弱负脱钩"),
        "recessive_coupling": ("recessive coupling", "衰退连结"),
        "recessive_decoupling": ("recessive decoupling", "衰退脱钩"),
        ADVISED: ("Advised package", "推荐措施组合"),
        # figures
        "median": ("median", "模拟结果中位数"),
        "band_50": ("50 % of members", "50%区间"),
        "colon": (": ", "："),
        "comma": (", ", "、"),
        "title_fans": (
            "Total emissions and the members' peak years, side by side on one scale",
            "总排放与各次模拟的达峰年，并列、同一刻度",
        ),
        "year_and_unit": ("year ({unit})", "年份（{unit}）"),
        "scenario_column": ("scenario", "情景"),
        "peak_year_column": ("peak year", "达峰年"),
        "share_column": ("share of members", "模拟结果占比"),
        "band_goes_on": ("▲ 90 % of members up to {value} in {year}", "▲ 90%区间上限：{year}年达{value}"),
        "band_90": ("90 % of members", "90%区间"),
        "record": ("record", "观测"),
        "inventory": ("inventory", "排放清单"),
        "single_members": ("{count} members", "{count}次模拟"),
        "total": ("total", "合计"),
        "per_year": ("{unit} per year", "{unit}/年"),
        "before": ("before {year}", "{year}年以前"),
        "peak_share": ("members by\npeak year", "按达峰年的\n模拟结果占比"),
        "p_before": ("before\n{year}", "{year}年\n以前"),
        "invented_park": ("park (invented)", "园区（虚构）"),
        "change_in": ("change in {year} emissions, %", "{year}年排放变化，%"),
        "p_before_axis": ("members peaking before {year}, %", "{year}年以前达峰的模拟结果，%"),
        "nothing_to_compare": ("one scenario: nothing to compare", "仅一个情景：无可比较"),
        # titles
        "title_inventory": ("Emissions by source", "分排放源的排放量"),
        "title_sectors": ("Emissions by sector", "分行业的排放量"),
        "title_peak_years": ("When do emissions peak? Members by peak year", "何时达峰？按达峰年分布的模拟结果"),
        "title_sources": ("{scenario}: emissions by source", "{scenario}：分排放源的排放"),
        "title_decomposition": ("What drove emissions, {first}-{last}", "{first}-{last}年排放变化的驱动因素"),
        "title_compare": ("What does each scenario change?", "各情景带来什么变化？"),
        "title_compare_sub": (
            "Against {reference}, member by member: median, 50 % and 90 % of members",
            "与“{reference}”逐次模拟比较：中位数、50%与90%区间",
        ),
        "title_all_parks": ("Peak years of parks and regions", "各园区与区域的达峰年"),
        "range_90": ("median, 50 % (thick) and 90 % of members", "中位数、50%区间（粗线）与90%区间"),
        # notes below figures
        "note_peak_years": (
            "One scale for all rows; areas are shares of members. Hatched, >{last}: members without a peak by {last}."
            " Right: share of all members that peak before {before}. A bar at the first year: emissions are highest"
            " there, and the peak may lie earlier.",
            "各行同一比例，面积为占比。斜线柱“>{last}”：至{last}年未达峰的模拟结果。右侧：全部模拟结果中在"
            "{before}年以前达峰的占比。首年的柱：首年即为最高，峰值可能更早。",
        ),
        "note_sources": (
            "Mean over the middle half of members, ranked by their emissions over all years: medians of sources would"
            " not add up to the median of the total.",
            "按各年排放合计排序、居中一半的模拟结果的均值：各源的中位数之和不等于总量的中位数。",
        ),
        "note_all_parks": (
            "Upper line of each pair: first scenario of the legend. An arrow at >{last}: more than one member in"
            " twenty has no peak by {last}. A line alone: peak years in separate parts, without a median between them.",
            "每行上线为图例中的第一个情景。“>{last}”处的箭头：超过5%的模拟结果至{last}年未达峰。仅有细线：达峰年分为相隔的几部分，其间不标中位数。",
        ),
        # units
        "Mt": ("Mt CO₂", "百万tCO₂"),
        "kt": ("kt CO₂", "千tCO₂"),
        "wt": ("10⁴ t CO₂", "万tCO₂"),
        "yt": ("10⁸ t CO₂", "亿tCO₂"),
    }
)

#: The three shares of the answer, by the keys of the headline: (English, Chinese).
SHARES = {
    "past": ("already past", "已达峰"),
    "ahead": ("still ahead, in time", "未来达峰"),
    "not_before": ("not before {before}", "届时未达峰"),
}

#: Glossary of every page: (English, Chinese) of the word, then of its meaning.
WORD_LIST = (
    (
        ("member", "模拟结果（一次模拟）"),
        (
            "One possible future of the park. Its growth, its efficiency and the effect of each measure are drawn at"
            " random within ranges that have a source; all members together are the ensemble.",
            "园区一种可能的未来：增长、能效和各措施的作用在有来源的范围内随机抽取；全部模拟合称集合。",
        ),
    ),
    (
        ("probability, share of members", "概率（模拟结果占比）"),
        (
            "61 % means that it happens in 61 of 100 members. ± is the sampling error of a limited number of draws.",
            "61%：100次模拟中有61次如此。±为有限次抽样带来的误差。",
        ),
    ),
    (
        ("band, 90 %", "90%区间"),
        (
            "Nine members in ten lie inside it, one in twenty above and one in twenty below.",
            "十分之九的模拟结果在区间内，高于和低于区间的各占二十分之一。",
        ),
    ),
    (
        ("median", "模拟结果中位数"),
        ("Half of the members lie above it, half below.", "一半模拟结果高于它，一半低于它。"),
    ),
    (
        ("peaks before {before}", "{before}年前达峰"),
        (
            "No year of {before}-{confirmed} exceeds the highest year before {before}.",
            "{before}—{confirmed}年中没有一年超过{before}年以前的最高年。",
        ),
    ),
    (
        SHARES["past"],
        (
            "It peaks before {before} even without new measures, and its highest year is no later than the issue year.",
            "不采取新措施也在{before}年前达峰，且最高年不晚于评估年份。",
        ),
    ),
    (
        SHARES["ahead"],
        (
            "It peaks before {before}, but the peak is still to come, or measures bring it about.",
            "在{before}年前达峰，但峰值尚未出现，或须靠措施实现。",
        ),
    ),
    (
        SHARES["not_before"],
        ("It peaks later, or not within the horizon.", "更晚达峰，或在预测期内不达峰。"),
    ),
    (
        ("moderate, strong", "适度、强化"),
        (
            "The two strengths a measure can have; data/levers.yml states both in the measure's unit, with sources.",
            "每项措施的两档力度；data/levers.yml给出其数值、单位和来源。",
        ),
    ),
    (
        ("business as usual, no new measures", "惯常情景（无新措施）"),
        ("The record continued, without any measure from the library.", "延续历史记录，不采取措施库中的任何措施。"),
    ),
    (
        ("nowcast", "现状推算"),
        (
            "Years after the last inventory, estimated from other statistics; never an observation.",
            "最后一份清单之后的年份，由其他统计推算，不是观测值。",
        ),
    ),
)


def word_list(lang: str, before: int = 2030) -> dict[str, object]:
    """Return the heading of the glossary, and each word with its meaning.

    Parameters
    ----------
    lang : {"en", "zh"}
    before : int
        Year before which emissions shall peak; four more confirm it.

    Returns
    -------
    dict
        ``title``, and ``entries``: pairs of texts.
    """
    at = LANGUAGES.index(check_language(lang))
    years = {"before": before, "confirmed": before + 4}
    entries = [(term[at].format(**years), meaning[at].format(**years)) for term, meaning in WORD_LIST]
    return {"title": ("What the words mean", "名词说明")[at], "entries": entries}


def share_words(lang: str, before: int) -> dict[str, str]:
    """Name the three shares of the answer, by the keys of `SHARES`.

    Examples
    --------
    >>> share_words("en", 2030)["not_before"]
    'not before 2030'
    """
    at = LANGUAGES.index(check_language(lang))
    return {key: texts[at].format(before=before) for key, texts in SHARES.items()}


def display_language() -> str:
    """Return the language of the display of records: that of `VARIABLE`, else English."""
    asked = os.environ.get(VARIABLE, "")
    return asked if asked in LANGUAGES else "en"


def check_language(lang: str) -> str:
    """Return the language, or refuse one that has no words.

    Raises
    ------
    ValueError
        The language is neither ``"en"`` nor ``"zh"``.
    """
    if lang not in LANGUAGES:
        raise ValueError(f"lang is {' or '.join(map(repr, LANGUAGES))}, not {lang!r}")
    return lang


def word(key: str, lang: str, **values: object) -> str:
    """Return the text of a key, with its blanks filled in.

    A key that is not in the table, such as a sector of a user's own, is shown as it is with spaces for
    underscores.

    Examples
    --------
    >>> word("before", "zh", year=2030)
    '2030年以前'
    >>> word("ship_building", "en")
    'ship building'
    """
    at = LANGUAGES.index(check_language(lang))
    text = WORDS[key][at] if key in WORDS else key.replace("_", " ")
    return text.format(**values) if values else text


def say(lang: str, *, en: str, zh: str) -> str:
    """Choose between the two wordings of a sentence."""
    return {"en": en, "zh": zh}[check_language(lang)]


def bracketed(text: str, more: str, lang: str) -> str:
    """Append a text in brackets.

    Examples
    --------
    >>> bracketed("clean power", "strong", "en"), bracketed("清洁电力", "强化", "zh")
    ('clean power (strong)', '清洁电力（强化）')
    """
    return f"{text}{say(lang, en=f' ({more})', zh=f'（{more}）')}"


def width_of(text: str) -> int:
    """Count the character cells a text takes; a Chinese character takes two."""
    return len(text) if text.isascii() else sum(2 if east_asian_width(sign) in "WF" else 1 for sign in text)


#: Places of a fault other than a cell or a line.
PLACES = {
    "file": "文件",
    "workbook": "工作簿",
    "environment": "环境变量",
    "call": "命令",
    "folder": "文件夹",
    "description": "说明文件",
}


def place_name(place: str, lang: str) -> str:
    """Name a place of an input: ``line 12`` and whole files in words of the language, a cell as it is.

    Examples
    --------
    >>> place_name("line 12, value", "zh"), place_name("2021!H25", "zh"), place_name("park.yml file", "zh")
    ('第12行, value', '2021!H25', 'park.yml 文件')
    """
    if check_language(lang) == "en":
        return place
    before, gap, last = place.rpartition(" ")
    place = before + gap + PLACES.get(last, last)
    return re.sub(r"\bline (\d+)", r"第\1行", place.replace(", a line ", "，增加一行：").replace("<value>", "<数值>"))
