"""The worked example of the R package LMDIR: three factors, two sub-sectors, four periods.

Heun, LMDIR (MIT licence), test workbook; Ang (2004), see :mod:`pathway_models.kernels.decomposition`.
"""

from itertools import pairwise

import numpy as np
import pandas as pd

from pathway_models.intake.published import Study
from pathway_models.kernels.decomposition import lmdi
from pathway_models.reproduction.comparison import Answer, Answers

FACTORS = ("x1", "x2", "x3")
#: Difference below which two sums of a few hundred units are the same.
ROUNDING = 1e-9


def compute(study: Study) -> Answers:
    """Decompose the change from each period to the next."""
    given = study.table().sort_values(["period", "subsector"])
    periods = given["period"].unique().tolist()
    factors = {period: given[given["period"] == period][list(FACTORS)].to_numpy(float).T for period in periods}
    totals = {period: float(factors[period].prod(axis=0).sum()) for period in periods}
    ours = {(f"period {period}", "total"): total for period, total in totals.items()}
    lines = []
    for first, last in pairwise(periods):
        effects = lmdi(factors[first], factors[last])
        name = f"period {first} to {last}"
        ours |= {(name, f"effect_{factor}"): float(e) for factor, e in zip(FACTORS, effects, strict=True)}
        ours[name, "ratio_of_totals"] = totals[last] / totals[first]
        lines.append((name, *effects.tolist(), float(np.sum(effects)), totals[last] - totals[first]))
    table = pd.DataFrame(lines, columns=["change", *FACTORS, "sum", "change_of_total"])
    cause = "the logarithmic-mean weights are the same to the printed digit"
    values = {e.key: Answer(ours[e.scenario, e.quantity], cause) for e in study.estimates}
    left = float((table["sum"] - table["change_of_total"]).abs().max())
    largest = max(abs(values[e.key].value - e.value) for e in study.estimates)
    sentence = (
        f"The largest difference from the published effects is {largest:.1e}, below half of their last digit, and the "
        f"effects {'add up to' if left < ROUNDING else 'miss'} the change of the total."
    )
    return Answers(values, {"effects": table}, {"effects": sentence})
