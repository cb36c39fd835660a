"""Print what setting one-off years aside does to forecasts of countries; nothing is drawn, so nothing needs a seed.

Run ``python benchmarks/one_off_years.py`` (seconds).  The table of ``docs/baseline.md``, section 8, comes from here.
"""

from __future__ import annotations

import argparse

import numpy as np

from pathway_models.hindcast.park_laws import OneOffScore, one_off_scores
from pathway_models.intake.assumptions import read_baselines
from pathway_models.intake.panels import read_panel

#: Column of the panel and the law that forecasts it.
QUANTITIES = {"emissions_tco2": "emissions", "gdp_million_usd_2015": "activity"}
#: What is set aside, and the last years of the records.
CASES = {
    "2009, the last year": ((2009,), (2009,)),
    "2009, inside": ((2009,), (2010, 2011, 2012)),
    "2008 and 2009, inside": ((2008, 2009), (2010, 2011, 2012)),
    "2020, the last year": ((2020,), (2020,)),
    "2020, inside": ((2020,), (2021,)),
}
#: Ordinary years, called one-off for comparison.
ORDINARY = tuple(range(1995, 2008)) + tuple(range(2012, 2019))


def main() -> None:
    """Compute and print."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--quick", action="store_true", help="emissions only")
    quick = parser.parse_args().quick
    panel, laws = read_panel("countries"), read_baselines().trends
    for quantity, law in list(QUANTITIES.items())[: 1 if quick else None]:
        print(f"\n## countries, {quantity}, records of six years\n")
        for name, (one_off, origins) in CASES.items():
            show(name, one_off_scores(panel, laws[law], one_off, origins, quantity=quantity))
        for name, shift in (("an ordinary last year", 0), ("an ordinary year inside", 2)):
            parts = [one_off_scores(panel, laws[law], (year,), (year + shift,), quantity=quantity) for year in ORDINARY]
            show(name, [mean(list(scores)) for scores in zip(*parts, strict=False)])


def mean(scores: list[OneOffScore]) -> OneOffScore:
    """Mean over years, weighed by their forecasts."""
    weights = [one.forecasts for one in scores]
    names = ("skill", "covered", "covered_aside", "bias", "bias_aside")
    values = (float(np.average([getattr(one, name) for one in scores], weights=weights)) for name in names)
    return OneOffScore(scores[0].horizon, sum(weights), *values)


def show(name: str, scores: list[OneOffScore]) -> None:
    """Print one case."""
    for one in scores:
        print(
            f"{name:24} h {one.horizon:2} n {one.forecasts:5}  skill {one.skill:+.3f}"
            f"  coverage {one.covered:.3f} -> {one.covered_aside:.3f}  bias {one.bias:+.3f} -> {one.bias_aside:+.3f}"
        )


if __name__ == "__main__":
    main()
