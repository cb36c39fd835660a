"""Value of information: the share of the doubt about peaking in time that knowing an input would remove.

Inputs that nobody can learn beforehand, such as the shocks of single years, are listed apart: their share is the doubt
that stays.
"""

import numpy as np

from pathway_models.core.errors import PathwayError
from pathway_models.decisions.inputs import SensitivityStudy
from pathway_models.decisions.records import OUTPUTS, Worth
from pathway_models.kernels.sensitivity import LEAST_IN_BIN, MOST_BINS, bins_of, explained

#: Shuffles that give the doubt a meaningless input removes by chance.
SHUFFLES = 20
#: How an input could be known better, by group.
LEARNING = {
    "factors": ("measure carbon content, calorific value and oxidation of the fuels", "实测燃料含碳量、热值与氧化率"),
    "growth": ("more years of record and the plans of the park's enterprises", "延长数据年份并收集企业投产计划"),
    "intensity": ("more years of record; energy audits", "延长数据年份；开展能源审计"),
    "mix": ("fuel contracts and plans of boilers and furnaces", "核实燃料合同与锅炉窑炉改造计划"),
    "levers": ("a feasibility study of the measure", "开展措施可行性研究"),
    "grid": ("national; follow the published factors", "全国性因素；跟踪公布的排放因子"),
    "noise": ("cannot be known beforehand", "事先无法获知"),
}


def worth_knowing(evaluated: SensitivityStudy) -> list[Worth]:
    """Order the inputs by the doubt they would remove, those that can be learnt first.

    Raises
    ------
    PathwayError
        Too few members for two bins.
    """
    reached = evaluated.outputs[:, [OUTPUTS.index("peaked_before")]]
    members = len(reached)
    bins = min(MOST_BINS, members // LEAST_IN_BIN)
    if bins < 2:
        raise PathwayError(f"{members} members: at least {2 * LEAST_IN_BIN} are needed")
    where = bins_of(evaluated.ranks, bins)
    rng = np.random.Generator(np.random.Philox(evaluated.seed + 2))
    chance = [explained(rng.permutation(where[:, 0]), reached, bins)[0] for _ in range(SHUFFLES)]
    spread = float(np.quantile(chance, 0.95))
    found = []
    for at, one in enumerate(evaluated.inputs):
        doubt = float(max(explained(where[:, at], reached, bins)[0], 0.0))
        found.append(Worth(one, doubt, spread, *LEARNING[one.group]))
    return sorted(found, key=lambda worth: (not worth.input.can_be_learnt, -worth.doubt))
