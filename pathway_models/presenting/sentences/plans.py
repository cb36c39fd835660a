"""What a park's plans change, in words."""

from __future__ import annotations

import numpy as np

from pathway_models.findings.planning import PlanEffects
from pathway_models.presenting.names import scenario_name
from pathway_models.presenting.rounding import share_text
from pathway_models.presenting.words import say
from pathway_models.records.park import Park

#: Standard errors of a paired difference that count as a change.
SURE = 2.0


def plans(effects: PlanEffects | Park, *, scenario: str | None = None, lang: str = "en") -> str:
    """Say how the plans move the probability of peaking in time, and which part of them does it.

    A park instead of effects is one without plans, and that is said.
    """
    if isinstance(effects, Park):
        return say(
            lang,
            en="None: no files of committed projects or of paths of drivers lie beside the table.",
            zh="无：数据表旁没有已承诺项目或驱动因素路径文件。",
        )
    at = 0 if scenario is None else effects.scenarios.index(scenario)
    without, overrides, projects, both = (
        float(part[at]) for part in (effects.p_without, effects.p_overrides, effects.p_projects, effects.p_with)
    )
    name, year = scenario_name(effects.scenarios[at], lang), effects.before
    # ASSUME: a difference of shares below two binomial standard errors is not worth telling; paired draws make it
    # smaller than that.
    size = SURE * np.sqrt(max(without * (1.0 - without), 1e-4) / effects.members)
    turn = "moves" if abs(both - without) < size else ("falls" if both < without else "rises")
    moved = {
        "falls": ("falls from {} to {}", "由{}降至{}"),
        "rises": ("rises from {} to {}", "由{}升至{}"),
        "moves": ("hardly moves ({} and {})", "变化不大（{}与{}）"),
    }[turn]
    texts = [share_text(value, lang) for value in (without, both, overrides, projects)]
    count, drivers = len(effects.park.plans.projects), len(effects.drivers)
    return say(
        lang,
        en=f"With the park's plans ({count} projects, {drivers} given drivers) the probability of peaking before {year}"
        f" under {name} {moved[0].format(*texts[:2])}; given drivers alone {texts[2]}, projects alone {texts[3]}.",
        zh=f"计入园区规划（{count}个项目、{drivers}个给定驱动因素）后，“{name}”在{year}年以前达峰的概率"
        f"{moved[1].format(*texts[:2])}；仅计给定驱动因素为{texts[2]}，仅计项目为{texts[3]}。",
    )
