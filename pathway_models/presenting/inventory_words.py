"""The words of the views of an inventory: what closes, what is missing, how a park was told; English and Chinese."""

from __future__ import annotations

from pathway_models.presenting.words import say

CLOSINGS = {
    "ledger": ("ledger, cell by cell = inventory", "逐格台账合计 = 清单总量"),
    "scopes": ("scope 1 + scope 2 = total", "范围一 + 范围二 = 总量"),
    "sectors": ("sum of sectors = total", "分行业合计 = 总量"),
    "drivers": ("first year + effects of drivers = last year", "首年 + 各驱动效应 = 末年"),
    "stated_energy": ("sum of carriers = stated total energy", "分品种合计 = 填报综合能耗"),
    "stated_shares": ("stated shares = 1", "填报占比合计 = 1"),
}
MISSING = {
    "sectors": ("split by sector", "分行业数据", "shifts between branches look like intensity; measured below",
                "行业间变化表现为强度变化；代价见下表实测"),
    "carriers": ("split by carrier", "分能源品种数据", "no fuel can be seen to replace another; measured below",
                 "无法看到燃料替代；代价见下表实测"),
    "economy": ("value added or GDP", "增加值或地区生产总值", "growth and intensity cannot be told apart",
                "增长与强度无法区分"),
    "grades": ("quality grades of the values", "数据质量等级",
               "no error of activity data is drawn; what grades would add is measured below",
               "不抽取活动水平误差；各等级的影响见下表实测"),
    "own_factors": ("own factors", "自有因子", "factors of the set, with the spread of their confidence",
                    "采用因子组因子，并带其可信度对应的离散度"),
    "own_grid_factor": ("grid factor of the year itself", "当年电网因子",
                        "a substitute, with the spread between the three named ones",
                        "采用替代因子，并带三种替代值之间的离散度"),
    "processes": ("industrial processes", "工业过程", "emissions of processes are outside the inventory",
                  "过程排放不在清单内"),
    "feedstock": ("fuel used as feedstock", "用作原料的能源", "all fuel counts as burnt", "全部燃料按燃烧计"),
    "stated_total": ("stated total energy", "填报综合能耗", "the carriers cannot be checked against a total",
                     "分品种数据无法与总量核对"),
    "sinks": ("green areas with their rate", "绿地面积及碳汇速率", "nothing stands beside the emissions",
              "排放旁无碳汇可列"),
    "pollutants": ("measured air pollutants", "实测大气污染物", "co-benefits rest on general factors",
                   "协同效益依赖通用系数"),
}  # fmt: skip
TOLD = {
    "as_given": ("as the table tells it", "按现有数据表"),
    "without_sectors": ("without sectors", "不分行业"),
    "totals_only": ("totals only", "仅有总量"),
    "grade_A": ("all values of grade A", "全部为A级"),
    "grade_B": ("all values of grade B", "全部为B级"),
    "grade_C": ("all values of grade C, or none given", "全部为C级或未填等级"),
    "grade_D": ("all values of grade D", "全部为D级"),
}


def named(words: dict[str, tuple[str, ...]], key: str, lang: str) -> str:
    """The first pair of words of a key."""
    return say(lang, en=words[key][0], zh=words[key][1])
