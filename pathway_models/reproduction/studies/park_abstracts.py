"""Results of parks, cities and provinces known from abstracts only: shown for reference, never reproduced.

What would be needed to compute each stands in ``needs.csv``.  Where an abstract gives two figures and their
ratio, the ratio is checked; that is arithmetic between published figures and no reproduction.
"""

from pathway_models.intake.published import Study
from pathway_models.reproduction.comparison import Answer, Answers

#: Peak of a scenario against that of another, given with both peaks: (scope, quantity, reference scenario).
RATIO = ("China (national)", "peak_vs_baseline", "baseline")
CHECKED = "arithmetic between two published peaks, no reproduction; to compute it: "


def compute(study: Study) -> Answers:
    """List the inputs each result would need, and check the ratios."""
    table = study.table("needs").sort_values("order")
    needs = dict(zip(table["scope"], table["needs"], strict=True))
    published = {estimate.key: estimate.value for estimate in study.estimates}
    values = {}
    for estimate in study.estimates:
        if (estimate.scope, estimate.quantity) == RATIO[:2]:
            own, reference = (published[estimate.scope, s, "peak_CO2"] for s in (estimate.scenario, RATIO[2]))
            values[estimate.key] = Answer(100.0 * (own / reference - 1.0), CHECKED + needs[estimate.scope])
        else:
            values[estimate.key] = Answer(None, "to compute it: " + needs[estimate.scope])
    return Answers(values, {"needs": table.drop(columns="order").reset_index(drop=True)})
