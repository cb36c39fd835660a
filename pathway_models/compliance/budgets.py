"""Carbon budgets of a plan period by stated rules, and the probability of overrunning them (docs/accounts.md, 7)."""

import numpy as np

from pathway_models.compliance.records import RULE_WORDS, CarbonBudget
from pathway_models.core.errors import PathwayError
from pathway_models.intake.register import has_rule
from pathway_models.records.accounts import Bilingual
from pathway_models.records.pathways import Pathways

#: Year of carbon neutrality in the notice.
NEUTRAL = 2060
#: Cut of CO2 per value added that the 15th five-year plan asks for over 2026-2030.
CUT = 0.17
#: Rules that rest on a plan or year of one country: what of it, and the word of `intake.register` that says who has it.
NATIONAL = {
    "intensity": Bilingual("the cut of the 15th five-year plan", "“十五五”碳强度降幅"),
    "neutral": Bilingual("neutrality in 2060", "2060年碳中和目标"),
}
RULES_OF = {"intensity": "intensity_targets", "neutral": "peak_years"}


def holds_in(country: str, rule: str) -> bool:
    """Tell whether a rule rests on nothing that is another country's."""
    return rule not in RULES_OF or has_rule(country, RULES_OF[rule])


def carbon_budget(
    pathways: Pathways, rule: str = "intensity", *, first: int = 2026, last: int = 2030, cut: float = CUT
) -> CarbonBudget:
    """Work out a budget and hold an ensemble against it.

    Parameters
    ----------
    pathways : Pathways
        The first scenario is the reference: its median is the base where the base year is not observed, and its median
        activity is the growth that the rule ``"intensity"`` allows.
    rule : {"intensity", "hold", "neutral"}
        ``intensity``: base x activity over that of the base year x (1 - cut)^((y - base) / n), n years in the period;
        ``hold``: the base in every year; ``neutral``: a straight line from the base to zero in 2060.
    first, last : int
        Plan period; the year before it is the base.
    cut : float
        Cut of CO2 per value added over the period, a share; the 15th five-year plan asks for 0.17 over 2026-2030.

    Raises
    ------
    PathwayError
        No such rule; the period is empty, begins before the record does, or goes beyond the horizon; the rule needs
        activity and only totals were kept.
    """
    base = first - 1
    wrong = []
    if rule not in RULE_WORDS:
        wrong.append(f"rule {rule!r}: expected one of {', '.join(RULE_WORDS)}")
    if not int(pathways.years[0]) <= base < last <= int(pathways.years[-1]):
        wrong.append(f"period {first}-{last}: expected years from {pathways.years[0] + 1} to {pathways.years[-1]}")
    if not 0 <= cut < 1:
        wrong.append(f"cut = {cut}: expected a share from 0 to below 1")
    if rule == "intensity" and "activity" not in pathways.memo_items:
        wrong.append("the rule 'intensity' needs activity, and only totals were kept")
    if wrong:
        raise PathwayError(f"{pathways.park_id}: " + "; ".join(wrong))
    at = base - int(pathways.years[0])
    inside = slice(at + 1, at + 1 + last - base)
    years, total = pathways.years[inside], pathways.total()
    start = float(np.median(total[0, :, at]))
    steps = years - base
    if rule == "hold":
        allowed = np.full(years.size, start)
    elif rule == "neutral":
        allowed = start * np.maximum(NEUTRAL - years, 0) / (NEUTRAL - base)
    else:
        activity = pathways.memo_items["activity"][0]
        growth = np.median(activity[:, inside] / activity[:, at : at + 1], axis=0)
        allowed = start * growth * (1.0 - cut) ** (steps / years.size)
    is_observed = base <= pathways.last_observed_year
    return CarbonBudget(
        pathways.identity, rule, years, allowed, total[..., inside], pathways.scenarios, base, is_observed
    )
