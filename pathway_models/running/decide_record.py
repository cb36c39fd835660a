"""A decision as a record for scripts: what ``pathways decide --format json`` prints."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

if TYPE_CHECKING:
    from pathway_models.findings.assets import AssetPlan
    from pathway_models.findings.choices import Candidate, Decision, Price
    from pathway_models.findings.package_costs import CarbonExposure


def decision_record(
    decision: Decision, plan: AssetPlan | None = None, exposure: CarbonExposure | None = None
) -> dict[str, Any]:
    """The decision; costs in million CNY of the price year, null where there is none."""
    record = {
        "park_id": decision.park_id,
        "before": decision.target.before,
        "probability": decision.target.probability,
        "reached": decision.reached,
        "price_year": decision.costs.price_year,
        "budget_million_cny": decision.target.budget,
        "best" if decision.reached else "closest": _candidate(decision.closest),
        "alternatives_within": decision.margin,
        "alternatives_in_all": len(decision.near),
        "alternatives": [_candidate(one) for one in decision.alternatives],
        "cheapest_without": {
            block: None if one is None else _candidate(one) for block, one in decision.without_block.items()
        },
        "front": [_candidate(one) for one in decision.front],
        "one_year_earlier": _price(decision.one_year_earlier),
        "one_percent_more": _price(decision.one_percent_more),
        "cost_not_known": dict(decision.unknown),
        "savings_not_counted": list(decision.uncounted),
        "left_out": dict(decision.dropped),
        "every_package_looked_at": decision.complete,
        "best_is_proven": decision.reached and decision.gap is None,
        "gap": _price(decision.gap),
        "packages": decision.packages,
        "evaluated": decision.evaluated,
        "members": decision.members,
        "seed": decision.seed,
    }
    if exposure is not None:
        record["allowances_million_cny"] = _allowances(exposure)
    if plan is not None:
        record["assets"] = _assets(plan)
    return record


def _candidate(one: Candidate) -> dict[str, Any]:
    return {
        "package": one.label,
        "p_before": one.p_before,
        "p_by": one.p_by,
        "p_before_on_fresh_draws": one.p_fresh,
        "known_cost_million_cny_per_year": one.annualised,
        "known_present_value_million_cny": one.cost,
        "levers_of_unknown_cost": list(one.unknown),
        "steps_of_unknown_cost": one.steps,
        "conditions": dict(one.held),
    }


def _price(one: Price | None) -> dict[str, Any] | None:
    if one is None:
        return None
    return {"steps_of_unknown_cost": one.steps, "known_present_value_million_cny": one.cost, "package": one.label}


def _allowances(found: CarbonExposure) -> list[dict[str, float]]:
    """Medians by year."""
    without, with_package = np.median(found.without, axis=0), np.median(found.with_package, axis=0)
    return [
        {"year": int(year), "without_levers": float(without[at]), "with_package": float(with_package[at])}
        for at, year in enumerate(found.years)
    ]


def _assets(plan: AssetPlan) -> dict[str, Any]:
    return {
        "reinvestment_windows": plan.windows,
        "locked_in_tco2": {
            str(year): float(tonnes) for year, tonnes in zip(plan.years, plan.locked_in, strict=True) if tonnes
        },
        "levers": [
            {
                "lever": one.lever.lever_id,
                "setting": one.option,
                "years_later": one.fitted.years_later,
                "stopped_early_without_waiting": list(one.fitted.early),
                "not_written_off_million_cny": one.fitted.early_cost,
            }
            for one in plan.waiting
        ],
        "not_waiting": [lever.lever_id for lever in plan.free],
    }
