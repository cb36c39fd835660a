"""The register of peak rules: every published rule by the name of its paper, and our own two.

``RULES[name].apply(years, values, as_of=...)`` judges one series; :func:`pathway_models.peaks.judging.judge`
judges many.  Equations and ranges of validity: ``docs/peak_rules.md``, which a test compares with this register.
"""

from collections.abc import Callable
from dataclasses import dataclass

from pathway_models.kernels import peak_rules
from pathway_models.kernels.rule_results import VERDICTS, RuleResult

__all__ = ["COMPANIONS", "RULES", "VERDICTS", "Rule", "RuleResult"]

#: Second series that some rules can use, each on the years of the emissions.
COMPANIONS = ("population", "gdp", "consumption", "ghg")


@dataclass(frozen=True)
class Rule:
    """A peak rule with its source.

    Parameters
    ----------
    apply : callable
        ``apply(years, values, *, as_of=None, ...) -> RuleResult``.
    citation : str
        Where the rule stands.
    doi : str
        Digital object identifier; empty when there is none or it is not known.
    doi_confidence : {"seen", "background", ""}
        Whether the DOI was seen with the title, or comes from background knowledge.
    confidence : {"verbatim", "verbatim abstract", "background", "part", "own"}
        Whether the wording of the rule was seen (code, text, abstract only), is background knowledge,
        is partly either, or is this project's.
    companions : tuple of str
        Names among :data:`COMPANIONS` that the rule accepts as keyword arguments.
    """

    apply: Callable[..., RuleResult]
    citation: str
    doi: str
    doi_confidence: str
    confidence: str
    companions: tuple[str, ...] = ()


RULES: dict[str, Rule] = {
    "pathway": Rule(peak_rules.pathway, "This project, docs/peak_rules.md", "", "", "own"),
    "observed_peak_test": Rule(peak_rules.observed_peak_test, "This project, docs/peak_rules.md", "", "", "own"),
    "bersalli2023": Rule(
        peak_rules.bersalli2023,
        "Bersalli, Tröndle and Lilliestam (2023), Communications Earth & Environment 4, 44",
        "10.1038/s43247-023-00687-8",
        "seen",
        "verbatim",
    ),
    "lamb2022": Rule(
        peak_rules.lamb2022,
        "Lamb et al. (2022), Climate Policy 22(1); algorithm as published with UNEP Gap Report 2023, chapter 2",
        "10.1080/14693062.2021.1990831",
        "background",
        "verbatim",
        ("ghg", "population"),
    ),
    "c40": Rule(peak_rules.c40, "C40 cities, repository ojwills/City-Emissions-Peaking-Analysis", "", "", "verbatim"),
    "lequere2019": Rule(
        peak_rules.lequere2019,
        "Le Quéré et al. (2019), Nature Climate Change 9, 213-217",
        "10.1038/s41558-019-0419-7",
        "seen",
        "part",
        ("consumption",),
    ),
    "hausfather2021": Rule(
        peak_rules.hausfather2021,
        "Hausfather (2021), Absolute decoupling of economic growth and emissions in 32 countries, "
        "Breakthrough Institute",
        "",
        "",
        "verbatim",
        ("consumption", "gdp", "population"),
    ),
    "wri2017": Rule(peak_rules.wri2017, "World Resources Institute (2017), Turning Points", "", "", "background"),
    "unep_g20": Rule(peak_rules.unep_g20, "UNEP, Emissions Gap Report, peaking of G20 members", "", "", "background"),
    "zhang2022": Rule(
        peak_rules.zhang2022,
        "张楠 et al. (2022), 中国环境科学 42(4), 1912-1921",
        "",
        "",
        "verbatim abstract",
    ),
    "jiang2021": Rule(
        peak_rules.jiang2021,
        "蒋含颖 et al. (2021), 气候变化研究进展 17(2), 131-139",
        "10.12006/j.issn.1673-1719.2020.223",
        "seen",
        "verbatim abstract",
    ),
    "shan2022": Rule(
        peak_rules.shan2022,
        "Shan et al. (2022), Science Bulletin 67(18), 1910-1920",
        "10.1016/j.scib.2022.08.024",
        "seen",
        "verbatim abstract",
        ("gdp", "population"),
    ),
    "moving_window_mk": Rule(
        peak_rules.moving_window_mk,
        "Near-real-time provincial CO2 emissions of China, 2000-2024 (abstract, authors and journal not seen)",
        "",
        "",
        "verbatim abstract",
    ),
    "city_peak_definition": Rule(
        peak_rules.city_peak_definition, "Definition of a city's peak in use in China", "", "", "verbatim"
    ),
    "guan2018": Rule(
        peak_rules.guan2018,
        "Guan et al. (2018), Nature Geoscience 11, 551-555",
        "10.1038/s41561-018-0161-1",
        "background",
        "verbatim abstract",
    ),
}
