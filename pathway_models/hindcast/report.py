"""Cases of a hindcast report, and the tables of each.

``pathways hindcast`` and ``benchmarks/calibration.py`` both use these functions, so that ``data/hindcasts`` and the
results for a user's panel are computed alike.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import product

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from pathway_models.baseline.laws import damped_trend, levels, register
from pathway_models.baseline.windows import Subject
from pathway_models.core import Fault, InputError
from pathway_models.hindcast import driver_chain, evaluation, level_fits, park_laws
from pathway_models.intake.assumptions import read_assumptions
from pathway_models.intake.panels import PANELS, REGIONS, SITES, Panel, read_panel
from pathway_models.kernels import growth, scores
from pathway_models.records import Assumptions

#: Laws that are tested, with the registered names of their defaults: the panel's own; the one in force for parks; and
#: the one before it, with fitted long-run growth.
LAWS = {"own": damped_trend.FITTED_PRIOR, "parks": levels.LEVELS, "parks_0_2": damped_trend.FITTED_PRIOR}
RECORDS = (5, 8, 12)
HORIZON = 15
SEED = 20_240_601
#: Tables of a report, by the names of their files.
TABLES = ("summary", "deciles", "peaks", "reliability", "combination", "chain")
#: Years ahead to which the peak rule is applied; only records with all of them known are judged.
JUDGED = 6
#: Folds of regions.
FOLDS = 10
#: The drivers' law before and after its width is matched to that of emissions.
DRIVER_LAWS = ("fitted", "widened")


@dataclass(frozen=True)
class Case:
    """One set of hindcasts: a law tested on records of one length of one panel, with something hidden.

    Parameters
    ----------
    panel : str or Panel
        A shipped panel by its name, or a panel of one's own.
    law : str
        ``own``, fitted to the panel alone at this record length; ``parks``, the law in force for parks, on panels of
        a park's size: fitted to the sites of both continents where one of them is hidden, else as shipped, the level of
        parks without the nation's path; or ``parks_0_2``, the law before it, fitted to all panels of regions, and
        applied to sites and to a user's panel as shipped.
    holdout : {"region", "future"}
    record, horizon : int
        Years.
    is_shortest : bool
        Whether these are the shortest records of the report, from which alone peaks and pools are measured.
    growth_law : str, optional
        Name of a registered law that is tested instead of the one in `LAWS`.
    """

    panel: str | Panel
    law: str
    holdout: str
    record: int
    horizon: int = HORIZON
    is_shortest: bool = True
    growth_law: str | None = None

    @property
    def tested(self) -> str:
        """Registered name of the law that is tested."""
        return self.growth_law or LAWS[self.law]

    @property
    def name(self) -> str:
        """Name of the panel."""
        return self.panel if isinstance(self.panel, str) else self.panel.name

    @property
    def subject(self) -> Subject:
        """Emissions of the panel."""
        return Subject(read_panel(self.panel) if isinstance(self.panel, str) else self.panel)

    @property
    def is_usual(self) -> bool:
        """True where the tested law is the default one of its name."""
        return self.tested == LAWS[self.law]

    def __str__(self) -> str:
        other = "" if self.is_usual else f"{self.tested}, "
        return f"{self.name}, {other}law {self.law}, {self.holdout} held out, {self.record} years"


def report_cases(
    panels: Sequence[str | Panel] = PANELS,
    records: Sequence[int] = RECORDS,
    horizon: int = HORIZON,
    *,
    quick: bool = False,
    growth_law: str | None = None,
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
    growth_law : str, optional
        Name of a registered law; without it, the law in force for parks and the one before it are tested as well.

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
    for law, holdout, panel, record in product(LAWS, evaluation.HOLDOUTS, panels, records):
        if not _is_asked(law, panel, growth_law):
            continue
        # The future is hidden from the shortest records only: every origin needs a fit of its own.
        if record > shortest and (quick or holdout == "future"):
            continue
        if quick and holdout == "future" and panel == "countries":
            continue
        found.append(Case(panel, law, holdout, record, horizon, record == shortest, growth_law))
    return found


def _is_asked(law: str, panel: str | Panel, growth_law: str | None) -> bool:
    """Tell whether a law is tested on a panel: the law in force for parks does not apply to regions by itself."""
    if growth_law is None:
        return law != "parks" or panel not in REGIONS
    return law != "parks_0_2"


def hindcast(case: Case, seed: int, assumptions: Assumptions) -> evaluation.Hindcast:
    """Hindcast the emissions of the panel of a case.

    Parameters
    ----------
    case : Case
    seed : int
        Deals the regions into folds.
    assumptions : Assumptions
        Parameters of the law for parks as shipped, and long-run growth where the law assumes it.
    """
    law, horizon, taught, is_fixed = register.law_named(case.tested, assumptions=assumptions), case.horizon, {}, False
    if case.law == "parks" and case.is_usual:
        law, is_fixed = law.park, case.panel not in level_fits.PARK_PANELS
        if not is_fixed:
            others = [Subject(read_panel(name)) for name in level_fits.PARK_PANELS if name != case.panel]
            taught = {"teachers": others, "taught_records": level_fits.PARK_RECORDS}
    elif case.law != "own" and case.panel in REGIONS:
        horizon = park_laws.TAUGHT_HORIZON
        taught = {
            "teachers": park_laws.emission_subjects(without=case.panel),
            "taught_records": (park_laws.TAUGHT_RECORD,),
        }
    elif case.law != "own":
        law, is_fixed = register.laws_of(park_laws.with_law(assumptions, case.tested))["emissions"], True
    return evaluation.hindcast_windows(
        case.subject, case.record, horizon, case.holdout,
        seed=seed, folds=FOLDS, law=law, is_fixed=is_fixed, **taught,
    )  # fmt: skip


def _peak_tables(cast: evaluation.Hindcast, case: Case, seed: int) -> dict[str, pd.DataFrame]:
    """Tabulate Brier scores and reliability of the probability of having peaked (`evaluation.brier_table`)."""
    forecasts = evaluation.forecast_peaks(
        cast, case.subject.windows(case.record, cast.windows.change.shape[1]), seed=seed
    )
    fold = None
    if case.holdout == "region":
        # Base rates and weights of the other regions are scored as well.
        of_entity = dict(zip(cast.windows.entity.tolist(), cast.fit.tolist(), strict=True))
        fold = np.array([of_entity[entity] for entity in forecasts.entity.tolist()])
    return {"peaks": evaluation.brier_table(forecasts, fold), "reliability": evaluation.reliability_table(forecasts)}


def measure(
    case: Case, seed: int = SEED, *, quick: bool = False, assumptions: Assumptions | None = None
) -> dict[str, pd.DataFrame]:
    """Make the hindcasts of one case and all tables computed from them.

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
        The panel is too short, or has too few regions, for the case: it cannot be measured.
    """
    subject = case.subject
    _check(subject.panel, case.record)
    assumed = read_assumptions() if assumptions is None else assumptions
    cast, horizons = hindcast(case, seed, assumed), range(1, case.horizon + 1)
    summary = with_closures(evaluation.summarise(cast, horizons), subject, np.unique(cast.windows.origin))
    found = {"summary": summary, "deciles": evaluation.deciles(cast, horizons)}
    if case.is_shortest and case.horizon >= JUDGED:
        # A short panel may hold no case whose peak can be judged.
        found |= {name: table for name, table in _peak_tables(cast, case, seed).items() if len(table)}
    for table in found.values():
        for at, name in enumerate(("law", "panel", "holdout")):
            table.insert(at, name, case.name if name == "panel" else getattr(case, name))
    # Pools split the remaining regions once more.  Pools are not measured on sites: regions have shown their use.
    has_pools = (
        case.is_shortest and case.holdout == "region" and case.law == "own" and len(cast.laws) >= park_laws.INNER
    )
    if has_pools and case.panel not in SITES and not quick:
        pools = [park_laws.combination_table(park_laws.combine_own(cast), case.name, "own", horizons)]
        if isinstance(case.panel, str):
            law = register.law_named(case.tested, assumptions=assumed)
            others = park_laws.combine_others(case.panel, case.record, case.horizon, law)
            pools.append(park_laws.combination_table(others, case.name, "others", horizons))
        found["combination"] = pd.concat(pools, ignore_index=True)
    if not case.is_usual:
        for table in found.values():
            table.insert(table.columns.get_loc("law") + 1 if "law" in table else 0, "growth_law", case.tested)
    return found


def chain_table(seed: int = SEED, assumptions: Assumptions | None = None) -> pd.DataFrame:
    """Measure coverage where the total comes from drivers, and on synthetic parks whose truth is known.

    Columns: ``test`` (``drivers`` of panels, or ``synthetic`` parks), ``law`` (``fitted`` and ``widened`` drivers;
    law of ``emissions`` or ``drivers``), ``panel``, ``record``, ``horizon``, ``forecasts``, ``coverage_50/80/90``.
    """
    shipped = (read_assumptions() if assumptions is None else assumptions).baselines
    emissions = shipped.trends["emissions"]
    drivers = driver_chain.DriverLaw(
        shipped.trends["activity"],
        shipped.trends["intensity"],
        shipped.correlation["innovation"],
        shipped.correlation["slope"],
    )
    real = driver_table(emissions, seed).assign(test="drivers", record=min(RECORDS))
    made = synthetic_table(emissions, drivers, seed).assign(test="synthetic", panel="synthetic")
    columns = ["test", "law", "panel", "record", "horizon", "forecasts", "coverage_50", "coverage_80", "coverage_90"]
    return pd.concat([real[columns], made[columns]], ignore_index=True)


def driver_table(emissions: growth.TrendParameters, seed: int, folds: int = 5) -> pd.DataFrame:
    """Tabulate the coverage of totals forecast as activity times intensity, regions held out.

    Parameters
    ----------
    emissions : TrendParameters
        The law whose width the widened drivers match.
    seed : int
        Deals the regions into folds.
    folds : int

    Returns
    -------
    DataFrame
        Columns ``law`` (``fitted`` or ``widened``), ``panel``, ``horizon``, ``forecasts``,
        ``coverage_50/80/90``.
    """
    samples = dict(zip(park_laws.ACTIVITY, park_laws.driver_samples(), strict=True))
    rng = np.random.default_rng(seed)
    fold = {
        name: (rng.permutation(len(park_laws.activity_panel(name)[0].entities)) % folds)[part.total.entity]
        for name, part in samples.items()
    }
    pits = {
        (law, name): np.full(part.total.change.shape, np.nan) for law in DRIVER_LAWS for name, part in samples.items()
    }
    for held in range(folds):
        training = [part.take(fold[name] != held) for name, part in samples.items()]
        fitted = driver_chain.fit_drivers(training)
        for label, law in zip(
            DRIVER_LAWS, (fitted, park_laws.match_width(fitted, emissions, training)[0]), strict=True
        ):
            for name, part in samples.items():
                tested = fold[name] == held
                pits[label, name][tested] = driver_chain.total_pit(part.take(tested), law)
    tables = [
        coverage_table(pit, (*range(1, HORIZON + 1), park_laws.TAUGHT_HORIZON), law=law, panel=name)
        for (law, name), pit in pits.items()
    ]
    return pd.concat(tables, ignore_index=True)


def synthetic_table(
    emissions: growth.TrendParameters, drivers: driver_chain.DriverLaw, seed: int, count: int = 2000
) -> pd.DataFrame:
    """Tabulate the coverage on synthetic parks, whose truth is known and drawn from another law.

    Columns ``law`` (``emissions`` or ``drivers``), ``record``, ``horizon``, ``forecasts``,
    ``coverage_50/80/90``.
    """
    tables = []
    for record in RECORDS:
        windows = driver_chain.make_synthetic_parks(count, record, HORIZON, seed=seed).windows()
        direct = scores.pit_student_t(
            windows.total.change, *damped_trend.predictive(windows.total, emissions), emissions.tail
        )
        for law, pit in (("emissions", direct), ("drivers", driver_chain.total_pit(windows, drivers))):
            tables.append(coverage_table(pit, range(1, HORIZON + 1), law=law, record=record))
    return pd.concat(tables, ignore_index=True)


def coverage_table(pit: NDArray[np.float64], horizons: Sequence[int], **front: object) -> pd.DataFrame:
    """Tabulate the coverage of bands by horizon from probability integral transforms (window, horizon)."""
    rows = []
    for horizon in horizons:
        column = pit[:, horizon - 1]
        if np.isfinite(column).any():
            row = {**front, "horizon": horizon, "forecasts": int(np.isfinite(column).sum())}
            rows.append(
                row
                | {f"coverage_{100 * level:.0f}": float(scores.coverage(column, level)) for level in evaluation.WIDTHS}
            )
    return pd.DataFrame(rows)


def joined(parts: Iterable[dict[str, pd.DataFrame]], version: str) -> dict[str, pd.DataFrame]:
    """Concatenate the tables of many cases, with the version of the law in front.

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
    """Refuse a panel without training data, before minutes are spent on it."""
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


def with_closures(summary: pd.DataFrame, subject: Subject, origins: NDArray[np.int_]) -> pd.DataFrame:
    """Add counts of records that fell to zero, which scores of logs leave out.

    Parameters
    ----------
    summary : DataFrame
        As `evaluation.summarise` gives it.
    subject : Subject
    origins : (origin,) int
        Last years of the records that were tested.

    Returns
    -------
    DataFrame
        With ``closures``, the number of complete records with emissions of zero at the horizon, and
        ``coverage_90_closures``, the coverage when each of them counts as an outcome outside its band: no band of logs
        reaches zero.
    """
    if summary.empty:
        return summary
    values, years = subject.panel.values[subject.quantity], subject.panel.years
    record = int(summary["record"].iloc[0])
    counts = []
    for horizon in summary["horizon"]:
        ends = np.flatnonzero(np.isin(years, origins) & (years + horizon <= years[-1]))
        complete = np.array([(values[:, at - record + 1 : at + 1] > 0).all(axis=1) for at in ends])
        counts.append(int((complete & (values[:, ends + horizon] == 0).T).sum()))
    known = summary["forecasts"] / (summary["forecasts"] + counts)
    return summary.assign(closures=counts, coverage_90_closures=summary["coverage_90"] * known)


def read_any_panel(name: str, entity: str = "entity", year: str = "year", value: str | None = None) -> str | Panel:
    """Return the name of a shipped panel unchanged, and read any other name as the path of a table.

    Parameters
    ----------
    name : str
    entity, year, value : str, optional
        Columns of a table of one's own.
    """
    return name if name in PANELS else read_panel(name, entity, year, value)
