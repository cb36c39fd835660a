"""Cases of a hindcast report, and the tables of each.

``pathways hindcast`` and ``benchmarks/calibration.py`` both measure by these functions, so that ``data/hindcasts`` and
the results for a panel of one's own come out of one place.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import product

import pandas as pd

from pathway_models.baseline.laws.damped_trend import FITTED_PRIOR
from pathway_models.baseline.laws.register import law_named
from pathway_models.core.errors import Fault, InputError
from pathway_models.hindcast.combination import combination_table, combine_others, combine_own
from pathway_models.hindcast.driver_chain import DriverLaw
from pathway_models.hindcast.evaluation import HOLDOUTS
from pathway_models.hindcast.report_card import (
    decile_table,
    driver_table,
    hindcasts,
    peak_tables,
    summary,
    synthetic_table,
)
from pathway_models.intake.assumptions import read_assumptions
from pathway_models.intake.panels import PANELS, Panel, read_panel
from pathway_models.records.assumptions import Assumptions

#: Laws that are tested: the panel's own, and the one all panels teach, which parks use.
LAWS = ("own", "parks")
RECORDS = (5, 8, 12)
HORIZON = 15
SEED = 20_240_601
#: Tables of a report, by the names of their files.
TABLES = ("summary", "deciles", "peaks", "reliability", "combination", "chain")
#: Years ahead that the peak rule is applied to; records are judged only where they are known.
JUDGED = 6


@dataclass(frozen=True)
class Case:
    """One set of hindcasts: a law tested on records of one length of one panel, with something hidden.

    Parameters
    ----------
    panel : str or Panel
        A shipped panel by its name, or a panel of one's own.
    law : {"own", "parks"}
    holdout : {"region", "future"}
    record, horizon : int
        Years.
    is_shortest : bool
        Whether the report has no shorter records: peaks and pools are measured from the shortest only.
    growth_law : str
        Name of the registered law.
    """

    panel: str | Panel
    law: str
    holdout: str
    record: int
    horizon: int = HORIZON
    is_shortest: bool = True
    growth_law: str = FITTED_PRIOR

    @property
    def name(self) -> str:
        """Name of the panel."""
        return self.panel if isinstance(self.panel, str) else self.panel.name

    def __str__(self) -> str:
        other = "" if self.growth_law == FITTED_PRIOR else f"{self.growth_law}, "
        return f"{self.name}, {other}law {self.law}, {self.holdout} held out, {self.record} years"


def report_cases(
    panels: Sequence[str | Panel] = PANELS,
    records: Sequence[int] = RECORDS,
    horizon: int = HORIZON,
    *,
    quick: bool = False,
    growth_law: str = FITTED_PRIOR,
) -> list[Case]:
    """List the cases of a report, in the order of its tables.

    Parameters
    ----------
    panels : sequence of str or Panel
    records : sequence of int
        Years of record.
    horizon : int
        Furthest year ahead.
    quick : bool
        Only the shortest records, and no hidden future of countries.
    growth_law : str
        Name of the registered law.

    Raises
    ------
    InputError
        A record or horizon no panel can have.
    """
    faults = [
        Fault("hindcast", "record", str(record), "3 to 40 years", "give other records", code="hindcast_record")
        for record in records
        if not 3 <= record <= 40
    ]
    if not 1 <= horizon <= 20:
        faults.append(
            Fault("hindcast", "horizon", str(horizon), "1 to 20 years", "give another horizon", code="hindcast_horizon")
        )
    if faults:
        raise InputError(faults)
    shortest = min(records)
    found = []
    for law, holdout, panel, record in product(LAWS, HOLDOUTS, panels, records):
        # The future is hidden from the shortest records only: every origin needs a fit of its own.
        if record > shortest and (quick or holdout == "future"):
            continue
        if quick and holdout == "future" and panel == "countries":
            continue
        found.append(Case(panel, law, holdout, record, horizon, record == shortest, growth_law))
    return found


def measure(
    case: Case, seed: int = SEED, *, quick: bool = False, assumptions: Assumptions | None = None
) -> dict[str, pd.DataFrame]:
    """Make the hindcasts of one case and all that is read off them.

    Parameters
    ----------
    case : Case
    seed : int
    quick : bool
        Leave the pools with the rivals out.
    assumptions : Assumptions, optional
        The shipped ones by default.

    Returns
    -------
    dict of DataFrame
        Keys in `TABLES`, without ``chain``; pools are measured with regions held out.  Tables of another law than the
        default one have a column ``growth_law`` behind ``law``.

    Raises
    ------
    InputError
        The panel is too short, or has too few regions, for the case.
    """
    if not isinstance(case.panel, str):
        _check(case.panel, case.record)
    assumed = read_assumptions() if assumptions is None else assumptions
    cast = hindcasts(
        case.panel,
        case.law,
        case.holdout,
        case.record,
        seed,
        case.horizon,
        growth_law=case.growth_law,
        assumptions=assumed,
    )
    horizons = range(1, case.horizon + 1)
    what = case.law, case.name, case.holdout
    found = {"summary": summary(cast, *what, horizons), "deciles": decile_table(cast, *what, horizons)}
    if case.is_shortest and case.horizon >= JUDGED:
        front = dict(zip(("law", "panel", "holdout"), what, strict=True))
        tables = peak_tables(cast, case.panel, case.holdout, seed, front)
        # A short panel may hold no case whose peak can be judged.
        found |= {name: table for name, table in zip(("peaks", "reliability"), tables, strict=True) if len(table)}
    if case.is_shortest and case.holdout == "region" and case.law == "own" and not quick:
        pools = [combination_table(combine_own(cast), case.name, "own", horizons)]
        if isinstance(case.panel, str):
            law = law_named(case.growth_law, assumptions=assumed)
            others = combine_others(case.panel, case.record, case.horizon, law)
            pools.append(combination_table(others, case.name, "others", horizons))
        found["combination"] = pd.concat(pools, ignore_index=True)
    if case.growth_law != FITTED_PRIOR:
        for table in found.values():
            table.insert(table.columns.get_loc("law") + 1 if "law" in table else 0, "growth_law", case.growth_law)
    return found


def chain_table(seed: int = SEED, assumptions: Assumptions | None = None) -> pd.DataFrame:
    """Measure coverage where the total comes from drivers, and on synthetic parks whose truth is known.

    Columns: ``test`` (``drivers`` of panels, or ``synthetic`` parks), ``law`` (``fitted`` and ``widened`` drivers;
    law of ``emissions`` or ``drivers``), ``panel``, ``record``, ``horizon``, ``forecasts``, ``coverage_50/80/90``.
    """
    shipped = (read_assumptions() if assumptions is None else assumptions).baselines
    emissions = shipped.trends["emissions"]
    drivers = DriverLaw(
        shipped.trends["activity"],
        shipped.trends["intensity"],
        shipped.correlation["innovation"],
        shipped.correlation["slope"],
    )
    real = driver_table(emissions, seed).assign(test="drivers", record=min(RECORDS))
    made = synthetic_table(emissions, drivers, seed).assign(test="synthetic", panel="synthetic")
    columns = ["test", "law", "panel", "record", "horizon", "forecasts", "coverage_50", "coverage_80", "coverage_90"]
    return pd.concat([real[columns], made[columns]], ignore_index=True)


def joined(parts: Iterable[dict[str, pd.DataFrame]], version: str) -> dict[str, pd.DataFrame]:
    """Put the tables of many cases under each other, with the version of the law in front.

    Parameters
    ----------
    parts : iterable of dict
        As `measure` gives them.
    version : str
        Of the shipped laws.
    """
    kept = list(parts)
    found = {}
    for name in TABLES:
        tables = [part[name] for part in kept if name in part]
        if tables:
            found[name] = pd.concat(tables, ignore_index=True)
            found[name].insert(0, "version", version)
    return found


def _check(panel: Panel, record: int) -> None:
    """Refuse a panel nothing can be learnt from, before minutes are spent on it."""
    faults = []
    groups = len(set(panel.groups))
    if groups < 2:
        remedy = "add regions; one alone cannot be held out"
        faults.append(Fault(panel.name, "group", str(groups), "at least 2 regions", remedy, code="hindcast_regions"))
    if panel.years.size <= record:
        remedy = "add years or give shorter records"
        expected = f"more than {record} years"
        faults.append(Fault(panel.name, "year", str(panel.years.size), expected, remedy, code="hindcast_years"))
    if faults:
        raise InputError(faults)


def read_any_panel(name: str) -> str | Panel:
    """Return the name of a shipped panel as it is, and read any other name as the path of a table."""
    return name if name in PANELS else read_panel(name)
