"""Display names of parks, scenarios, carriers, sectors, units, factors and sources, in both languages."""

import re
from functools import cache

from pathway_models.core import PathwayError, files
from pathway_models.intake.factors import energy_content, ids, tables
from pathway_models.intake.register import Entry, read_register
from pathway_models.language.words import ADVISED, INVENTED, check_language, place_name, say, word
from pathway_models.records import Park, ParkIdentity, Scenario

#: Keys of ``data/SOURCES.bib`` in a text, and the titles behind them.
BIB_KEY = re.compile(r"\b[a-z][a-z0-9_]*[0-9_][a-z0-9_]*\b")
BIB_TITLE = re.compile(r"^@\w+\{(\w+),.*?\n  title = \{(.*?)\},\n", re.MULTILINE | re.DOTALL)

#: Types that identify a park; an id alone is looked up in the register.
Named = Park | Entry | ParkIdentity | str


@cache
def _shipped_scenarios(file: str | None = None) -> dict[str, Scenario]:
    # Deferred: most callers name no scenario, and the library takes long to load.
    from pathway_models.intake.library import read_scenarios

    return dict(read_scenarios(file))


def find_entry(park_id: str) -> Entry | None:
    """Return the register's entry of a park; None for a user's own park."""
    return next((entry for entry in read_register() if entry.park_id == park_id), None)


def _looked_up(park: Named) -> Park | Entry | ParkIdentity | None:
    """Return the record itself, or the register's entry of an id."""
    if isinstance(park, ParkIdentity) and park.invented is None:
        return find_entry(park.park_id)
    return find_entry(park) if isinstance(park, str) else park


def region_name(name_en: str, lang: str) -> str:
    """Name a province by its English name in the language; what the register does not have stays as it is.

    Examples
    --------
    >>> region_name("Hebei", "zh"), region_name("France", "zh")
    ('河北省', 'France')
    """
    found = (entry.name_zh for entry in read_register() if entry.kind == "region" and entry.name_en == name_en)
    return next(found, name_en) if check_language(lang) == "zh" else name_en


def park_name(park: Named, lang: str) -> str:
    """Name a park; an id is looked up in the register, and shown itself where it is not there."""
    check_language(lang)
    found = _looked_up(park)
    if found is None:
        return park if isinstance(park, str) else park.park_id
    return found.name_zh if lang == "zh" else found.name_en


def short_name(name: str) -> str:
    """Drop a long remark in brackets from a name, for narrow lists."""
    return re.sub(r"\s*[(（][^()（）]{16,}[)）]", "", name)


def is_invented(park: Named) -> bool:
    """Tell whether a park is invented.

    Raises
    ------
    PathwayError
        The park is given by an id that is not in the register.
    """
    found = _looked_up(park)
    if found is None:
        name = park if isinstance(park, str) else park.park_id
        raise PathwayError(
            f"{name!r} is not in the register: give the Park itself, park=..., so that an invented one can be marked"
        )
    return found.invented


def headline(park: Named, lang: str) -> str:
    """Name a park, preceded by the mark `INVENTED` where it is invented.

    Examples
    --------
    >>> headline("demo-steel", "zh")
    '[INVENTED / 虚构] 示范园区（虚构）钢铁'
    """
    mark = f"[{INVENTED}] " if is_invented(park) else ""
    return mark + park_name(park, lang)


def scenario_name(scenario_id: str, lang: str) -> str:
    """Name a scenario; one of a user's own file by its id."""
    check_language(lang)
    found = _shipped_scenarios().get(scenario_id) or _shipped_scenarios("drivers").get(scenario_id)
    if found is None:
        return word(ADVISED, lang) if scenario_id == ADVISED else scenario_id
    return found.name_zh if lang == "zh" else found.name_en


def scenario_families() -> dict[str, tuple[str, ...]]:
    """Return the families of levers of each shipped scenario, in the order of their file."""
    return {
        name: tuple(dict.fromkeys(measure.lever.family for measure in scenario.measures))
        for name, scenario in _shipped_scenarios().items()
    }


def item_name(item: str, lang: str) -> str:
    """Name an energy carrier, a process, a source or a sector."""
    carrier = tables.read_carriers().get(item)
    if carrier is None:
        return word(item, lang)
    return carrier.name_zh if check_language(lang) == "zh" else carrier.name_en


#: Origins of a factor, English and Chinese (`intake.factors.ids`).
ORIGINS = {
    "own": ("own factor", "自有因子"),
    "zero by convention": ("zero by convention", "按约定为零"),
    "emissions as reported": ("emissions as reported", "按报告的排放"),
    "measured CO2": ("measured CO2", "实测CO2"),
    "heat_default": ("default for purchased heat", "外购热力缺省值"),
    "table": ("as given in the table", "数据表所给"),
}
#: Sets of fuel factors, English and Chinese, as their standards and guidelines are called.
FACTOR_SETS = {
    "GBT32151_2024": ("GB/T 32151-2024", "GB/T 32151-2024"),
    "GBT2589": ("GB/T 2589-2020", "GB/T 2589-2020"),
    "NDRC_other_industry_2015": ("NDRC guideline for other industry, 2015", "工业其他行业指南（2015年）"),
    "NDRC_steel_2013": ("NDRC guideline for steel, 2013", "钢铁生产企业指南（2013年）"),
    "CO2_per_tce": ("CO2 per tce, apparent consumption", "单位标准煤CO2（表观消费）"),
    "CO2_per_tce_combustion": ("CO2 per tce, combustion", "单位标准煤CO2（燃烧）"),
}
#: Kinds of grid factors, English and Chinese.
GRIDS = {
    "national": ("national grid", "全国电网"),
    "national_residual": ("national grid without traded green power", "全国电网（扣除市场化绿电）"),
    "national_fossil": ("national fossil power", "全国化石能源电力"),
    "regional": ("regional grid", "区域电网"),
    "provincial": ("provincial grid", "省级电网"),
}
GRID = re.compile(rf"({'|'.join(sorted(GRIDS, key=len, reverse=True))})(?:_(\d{{4}}))?(?::(.+))?")


#: Units of the standards in English; in Chinese they are used as written there.
UNITS = {
    "万元/人": "10⁴ CNY per person",
    "亿元/km2": "10⁸ CNY/km²",
    "tce/万元": "tce per 10⁴ CNY",
    "t/万元": "t per 10⁴ CNY",
    "m3/万元": "m³ per 10⁴ CNY",
    "次/年": "times a year",
    "个": "",
}


def unit_name(unit: str, lang: str) -> str:
    """Write the unit of an indicator in a language.

    Examples
    --------
    >>> unit_name("tce/万元", "en"), unit_name("tce/万元", "zh")
    ('tce per 10⁴ CNY', 'tce/万元')
    """
    return say(lang, en=UNITS.get(unit, unit), zh=unit)


def factor_set_name(factor_set: str, lang: str) -> str:
    """Name a set of fuel factors; a user's own by its id.

    Examples
    --------
    >>> factor_set_name("GBT32151_2024", "en")
    'GB/T 32151-2024'
    """
    en, zh = FACTOR_SETS.get(factor_set, (factor_set, factor_set))
    return say(lang, en=en, zh=zh)


def factor_name(factor_id: str, lang: str) -> str:
    """Name the origin of a factor, or of several.

    Examples
    --------
    >>> factor_name("own: line 12; zero by convention", "zh"), factor_name("provincial_2021:江苏", "zh")
    ('自有因子，第12行；按约定为零', '省级电网（江苏），2021年')
    >>> factor_name("national_2021", "en")
    'national grid, 2021'
    """
    comma, then = say(lang, en=(", ", "; "), zh=("，", "；"))
    return then.join(dict.fromkeys(_origin(one, comma, lang) for one in factor_id.split("; ")))


def _origin(factor_id: str, comma: str, lang: str) -> str:
    name, _, place = factor_id.partition(": ")
    if factor_id.startswith(ids.SUPPLIER):
        return _of_plant("supplier", factor_id.removeprefix(ids.SUPPLIER), lang)
    if factor_id.startswith(ids.OWN_PLANT):
        return _of_plant("own", factor_id.removeprefix(ids.OWN_PLANT), lang)
    if name in ORIGINS:
        en, zh = ORIGINS[name]
        return say(lang, en=en, zh=zh) + (f"{comma}{place_name(place, lang)}" if place else "")
    grid = GRID.fullmatch(factor_id)
    if grid is None:
        factor_set, _, fuel = factor_id.partition(":")
        if factor_set not in FACTOR_SETS:
            return factor_id
        # Fuels of the sets are named in Chinese; the carrier is shown beside them in both languages.
        return factor_set_name(factor_set, lang) + say(lang, en="", zh=f"（{fuel}）" if fuel else "")
    (en, zh), year, where = GRIDS[grid[1]], grid[2], grid[3]
    told = say(lang, en=en, zh=zh) + (say(lang, en=f" ({where})", zh=f"（{where}）") if where else "")
    return told + (say(lang, en=f", {year}", zh=f"，{year}年") if year else "")


#: Plants whose fuels give a factor of heat or power, English and Chinese.
PLANTS = {
    "supplier": ("fuels of the heat supplier", "供热企业燃料"),
    "own": ("fuels of its own plant", "自备热电厂燃料"),
}


def chp_rule_name(rule: str, lang: str) -> str:
    """Name a rule that allocates a plant's emissions to power and heat; empty where none is needed."""
    return energy_content.read_chp_rules()[rule].name.in_(lang) if rule else ""


def _of_plant(whose: str, rule: str, lang: str) -> str:
    """Name the factor of a plant's fuels with its rule of allocation to power and heat."""
    en, zh = PLANTS[whose]
    by = chp_rule_name(rule, lang)
    return say(lang, en=en, zh=zh) + (say(lang, en=", ", zh="，") + by if by else "")


def heat_origin(park: Park, lang: str) -> str:
    """State the origin of the factors of purchased heat and of the own plant; empty for defaults or those of the table.

    Parameters
    ----------
    park : Park
    lang : {"en", "zh"}
    """
    told = []
    if park.heat_supply is not None:
        from_fuels = _of_plant("supplier", park.heat_supply.rule, lang)
        told.append(say(lang, en=f"factor of purchased heat: {from_fuels}", zh=f"外购热力因子：{from_fuels}"))
    if park.own_plant is not None:
        from_fuels = _of_plant("own", park.own_plant.rule, lang)
        told.append(
            say(lang, en=f"factors of heat and power it produces: {from_fuels}", zh=f"自产热力和电力因子：{from_fuels}")
        )
    return say(lang, en="; ", zh="；").join(told)


def source_text(source: str, lang: str) -> str:
    """Write the source of a number; in Chinese from the catalogue, else only its kind where the text is this project's.

    Examples
    --------
    >>> source_text("ASSUME: half of it", "zh"), source_text("ASSUME: half of it", "en")
    ('本项目假设', 'assumed here: half of it')
    """
    if lang == "en":
        return cited(source.replace("ASSUME", "assumed here"))
    # Deferred: the catalogue of messages is read only where somebody reads Chinese.
    from pathway_models.intake.messages import read_catalogue

    told = read_catalogue("tables")[0].get(source)
    if told is not None:
        return told
    more = "与本项目假设" if "ASSUME" in source else ""
    kinds = {"ASSUME": "本项目假设", "derived": f"推算值{more}", "definition": "定义"}
    return next((text for start, text in kinds.items() if source.startswith(start)), source)


@cache
def read_titles() -> dict[str, str]:
    """Read the titles of ``data/SOURCES.bib`` by key, for keys that occur in English texts."""
    text = (files.data_folder() / "SOURCES.bib").read_text(encoding="utf-8")
    titles = {key: re.sub(r"[{}]|\\(?=[_%&$])", "", title) for key, title in BIB_TITLE.findall(text)}
    return {key: title for key, title in titles.items() if not any(sign >= "\u2e80" for sign in title)}


def cited(text: str) -> str:
    """Replace keys of ``data/SOURCES.bib`` in a text by their titles.

    Examples
    --------
    >>> cited("seen in pypsa_technology_data")
    'seen in technology-data: compilation of technology costs'
    """
    return BIB_KEY.sub(lambda key: read_titles().get(key[0], key[0]), text)


def note_in(note: str, lang: str) -> str:
    """Write a note of a park in a language: the half of a bilingual text, or the translation of a finding."""
    told = in_one_language(note, lang)
    if lang == "zh" and told == note:
        # Deferred: the catalogue of messages is read only where somebody reads Chinese.
        from pathway_models.intake.messages import warning_in

        return warning_in(note, lang)
    return told


def in_one_language(text: str, lang: str) -> str:
    """Return the half of a bilingual text, ``English / 中文``, in a language; other texts unchanged.

    Examples
    --------
    >>> in_one_language("Invented. / 虚构。", "zh"), in_one_language("t / year", "zh")
    ('虚构。', 't / year')
    """
    halves = text.split(" / ")
    chinese = [any("\u2e80" <= sign <= "\u9fff" for sign in half) for half in halves]
    if len(halves) < 2 or all(chinese) or not any(chinese):
        return text
    return " / ".join(half for half, is_chinese in zip(halves, chinese, strict=True) if is_chinese == (lang == "zh"))
