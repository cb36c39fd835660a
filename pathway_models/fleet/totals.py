"""Totals of many parks: members added one by one, so that shared uncertainty adds up (``docs/fleet.md``).

The parks come from tables, or from the members that a run kept.

The summary for scripts, one row a park and scenario with columns in a fixed order, and its table.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from pathlib import Path

import numpy as np
import pandas as pd

from pathway_models.core import errors, units
from pathway_models.engine import projecting, sampling
from pathway_models.fleet import fleet_results
from pathway_models.gaps import analysis, sentences
from pathway_models.intake import naming, register
from pathway_models.intake.library import read_scenarios
from pathway_models.intake.parks import read_park
from pathway_models.inventory.accounts import take_inventory
from pathway_models.language import INVENTED, emissions_text, say, share_text
from pathway_models.peaks.finding import find_peaks, is_without_levers
from pathway_models.records import IF_DRIVERS_HOLD, SHARES, TOTAL, Assumptions, Park, Pathways, Peaks, gaps, levers
from pathway_models.records.inventory import Inventory
from pathway_models.runs import store, tables

#: Target year of the contract's probability, and year of neutrality.
YEAR, NEUTRAL = 2030, 2060


def summary_rows(
    park: Park,
    peaks: Peaks,
    pathways: Pathways,
    *,
    before: int = YEAR,
    neutral: int = NEUTRAL,
    found: gaps.Gaps | None = None,
    inventory: Inventory | None = None,
    held: Peaks | None = None,
) -> list[dict[str, object]]:
    """Compute the rows of ``summary.csv`` for one park.

    Parameters
    ----------
    park : Park
    peaks, pathways
        Of this park.
    before, neutral : int
        Year before which emissions shall peak, and in which they shall be net zero.
    found : Gaps, optional
        Those of the park where they are known already; their years take the place of ``before`` and ``neutral``.
    inventory : Inventory, optional
        The park's, where it is known already.
    held : Peaks, optional
        Those of the same draws if the drivers hold; the columns of that reading are empty without them.

    Returns
    -------
    list of dict
        The columns of `CONTRACT` in their order, then ``p_peak_by_2030``, ``until``, ``tier``,
        ``factor_set``, ``grid_factor`` and ``name_zh``; then those of the target years: ``before``,
        ``p_peak_before`` and ``p_peak_by`` that year, ``years_late_p50``, ``neutral``, ``net_p50_tco2`` in that year
        and ``p_net_zero`` (docs/gaps.md); then the headline of 2030 in both readings (docs/headline.md),
        ``peak_parts``, the separate parts of the peak years where there are several, ``country``, ISO 3166, and
        ``bridged_until``, the last year that a nowcast gives (the last observed one where none does), and
        ``peak_year_p25`` and ``peak_year_p75``, between which the middle half of the members peak.  ``peak_status``
        is the most frequent one; peak years and years late are texts, ``">2055"`` and ``">26"`` where the quantile lies
        among members without a peak; net emissions are missing where ``neutral`` lies behind the horizon.
    """
    known = {
        "park_id": park.park_id,
        "name": park.name_en,
        "kind": park.kind,
        "invented": park.invented,
        "last_observed_year": park.last_observed_year,
        "emissions_last_tco2": float((inventory or take_inventory(park)).total()[-1]),
        "members": pathways.members,
        "seed": pathways.seed,
        "until": int(pathways.years[-1]),
        "tier": park.tier,
        "factor_set": park.factor_set,
        "grid_factor": park.grid_factor,
        "name_zh": park.name_zh,
    }
    order = (*tables.CONTRACT, f"p_peak_by_{YEAR}", "until", "tier", "factor_set", "grid_factor", "name_zh")
    found = found or analysis.gaps(park, pathways, peaks, before, neutral, targets=())
    rows = zip(peaks.summary(YEAR), _asked(peaks, found), _if_drivers_hold(peaks, held), strict=True)
    return [
        {name: (known | row)[name] for name in order}
        | asked
        | {name: row[name] for name in (*SHARES, "issue_year", "account")}
        | other
        | {"peak_parts": row["peak_parts"], "country": park.country, "bridged_until": pathways.bridged_until}
        | {"peak_year_p25": peaks.year_text(early), "peak_year_p75": peaks.year_text(late)}
        for (row, asked, other), (early, late) in zip(rows, peaks.quantiles((0.25, 0.75)), strict=True)
    ]


def _if_drivers_hold(peaks: Peaks, held: Peaks | None) -> list[dict[str, float]]:
    """Compute the columns of the other reading by scenario; missing where it was not projected."""
    if held is None:
        return [dict.fromkeys((f"{name}{IF_DRIVERS_HOLD}" for name in SHARES), np.nan) for _ in peaks.scenarios]
    return [{f"{name}{IF_DRIVERS_HOLD}": row[name] for name in SHARES} for row in held.headline(YEAR)]


def _asked(peaks: Peaks, found: gaps.Gaps) -> list[dict[str, object]]:
    """Compute the columns of the target years by scenario."""
    before, neutral = found.before, found.neutral
    late, net = found["peak_year"], found["neutrality"]
    columns = zip(
        [row["p_before"] for row in peaks.headline(before)],
        [row["p_before"] for row in peaks.headline(before + 1)],
        late.quantiles((0.5,))[:, 0],
        net.quantiles((0.5,))[:, 0],
        net.probability(),
        strict=True,
    )
    return [
        {
            "before": before,
            "p_peak_before": float(early),
            "p_peak_by": float(by),
            "years_late_p50": sentences.plain_text(late, float(years)),
            "neutral": neutral,
            "net_p50_tco2": float(rest),
            "p_net_zero": float(chance),
        }
        for early, by, years, rest, chance in columns
    ]


def year_number(text: str) -> float:
    """Read a peak year of the summary as a number, infinite for ``">2055"``.

    Examples
    --------
    >>> year_number("2031"), year_number(">2055")
    (2031.0, inf)
    """
    return np.inf if str(text).startswith(">") else float(text)


def parks(summary: pd.DataFrame, *, lang: str = "en") -> pd.DataFrame:
    """Tabulate rows of ``summary.csv`` by park id: range of the peak year and share of early peaks by scenario.

    Invented parks carry the mark before their name.
    """
    rows = tables.typed(summary)
    first = rows.drop_duplicates("park_id").set_index("park_id")
    marks = [f"[{INVENTED}] " if made_up else "" for made_up in first["invented"]]
    shown = pd.DataFrame(index=first.index)
    shown[say(lang, en="name", zh="名称")] = [
        mark + naming.park_name(park_id, lang) for mark, park_id in zip(marks, first.index, strict=True)
    ]
    years = first["last_observed_year"].astype(str)
    amounts = first["emissions_last_tco2"].map(lambda value: emissions_text(float(value), lang))
    shown[say(lang, en="latest emissions", zh="最近排放")] = amounts + " (" + years + ")"
    chances: dict[str, pd.Series] = {}
    years_of: dict[str, pd.Series] = {}
    for scenario in rows["scenario"].unique():
        part = rows[rows["scenario"] == scenario].set_index("park_id")
        name = naming.scenario_name(scenario, lang)
        ranges = part["peak_year_p50"] + " (" + part["peak_year_p05"] + " – " + part["peak_year_p95"] + ")"
        if "peak_parts" in part:
            ranges = part["peak_parts"].where(part["peak_parts"].fillna("") != "", ranges)
        years_of[say(lang, en=f"peak, {name}", zh=f"达峰年，{name}")] = ranges
        before, early = tables.asked(part)
        told = early.map(lambda share: share_text(float(share), lang))
        chances[say(lang, en=f"before {before}, {name}", zh=f"{before}年以前，{name}")] = told
        if {"p_past", "p_ahead_given_not_past"} <= set(part):
            for key, en, zh in (
                ("p_past", "already past", "已达峰"),
                ("p_ahead_given_not_past", "ahead | not past", "尚可争取"),
            ):
                told = part[key].map(lambda share: "-" if np.isnan(share) else share_text(float(share), lang))
                chances[say(lang, en=f"{en}, {name}", zh=f"{zh}，{name}")] = told
    # The answer first, the peak year second.
    return shown.assign(**chances, **years_of)


#: Window of years that contains the record and horizon of any park.
EARLIEST, LATEST = 1950, 2100


def fleet_total(pathways: Iterable[Pathways]) -> fleet_results.Fleet:
    """Add parks up, member by member; one park's pathways are in memory at a time.

    Raises
    ------
    PathwayError
        No pathways; or pathways of other seeds, members or scenarios, of one park twice, or without a common year:
        all faults together.
    """
    running: _RunningTotal | None = None
    for one in pathways:
        running = running or _RunningTotal(one)
        running.add(one)
    if running is None:
        raise errors.PathwayError("no park to add up")
    return running.fleet()


class _RunningTotal:
    """A sum over a window of years that contains every park, cut to the common years at the end."""

    def __init__(self, model: Pathways) -> None:
        self.model = model
        self.without: np.ndarray | None = np.zeros((model.members, LATEST - EARLIEST + 1))
        self.total = np.zeros((len(model.scenarios), model.members, LATEST - EARLIEST + 1))
        self.means: list[np.ndarray] = []
        self.parks: list[tuple[str, int, int, int]] = []
        self.wrong: list[str] = []

    def add(self, one: Pathways) -> None:
        """Add a park, or note why it cannot be added."""
        faults = self._faults(one)
        self.wrong += faults
        first, last = int(one.years[0]), int(one.years[-1])
        self.parks.append((one.park_id, first, one.last_observed_year, last))
        if not faults:
            own = np.zeros_like(self.total)
            own[..., first - EARLIEST : last - EARLIEST + 1] = one.total()
            self.total += own
            if one.without_measures is None:
                self.without = None
            elif self.without is not None:
                self.without[:, first - EARLIEST : last - EARLIEST + 1] += one.without_measures
            self.means.append(own.mean(axis=1))

    def _faults(self, one: Pathways) -> list[str]:
        compared = (
            ("seed", one.seed, self.model.seed),
            ("members", one.members, self.model.members),
            ("scenarios", ", ".join(one.scenarios), ", ".join(self.model.scenarios)),
            ("issue year", one.issue_year, self.model.issue_year),
        )
        faults = [
            f"{one.park_id} has {what} {here}, {self.model.park_id} has {there}"
            for what, here, there in compared
            if here != there
        ]
        if any(name == one.park_id for name, *_ in self.parks):
            faults.insert(0, f"{one.park_id} stands there twice")
        return faults

    def fleet(self) -> fleet_results.Fleet:
        """Return the sum over the years that all parks have."""
        names, firsts, observed, lasts = zip(*self.parks, strict=True)
        first, known, last = max(firsts), min(observed), min(lasts)
        if first > known:
            self.wrong.append(f"no year in which all are on record: one begins in {first}, another ends in {known}")
        if self.wrong:
            raise errors.PathwayError("cannot be added up: " + "; ".join(self.wrong))
        common = slice(first - EARLIEST, last - EARLIEST + 1)
        means = np.stack(self.means)[..., common]
        whole = means.sum(axis=0)
        return fleet_results.Fleet(
            parks=names,
            scenarios=self.model.scenarios,
            years=np.arange(first, last + 1),
            last_observed_year=known,
            total=self.total[..., common].copy(),
            shares=np.divide(means, whole, out=np.zeros_like(means), where=whole != 0),
            seed=self.model.seed,
            without_measures=None if self.without is None else self.without[:, common].copy(),
            issue_year=self.model.issue_year,
        )


def add_up(parks: Sequence[fleet_results.Counted], pathways: Iterable[Pathways]) -> fleet_results.FleetResults:
    """Add up parks that may be counted together, from one `Pathways` of each in any order.

    Raises
    ------
    PathwayError
        The parks cannot be one fleet, or the pathways cannot be added up or are not those of the parks.
    """
    fleet_results.check_fleet(parks)
    peaks: dict[str, Peaks] = {}
    ends: dict[str, np.ndarray] = {}

    def noted() -> Iterator[Pathways]:
        for one in pathways:
            peaks[one.park_id], ends[one.park_id] = find_peaks(one), one.total()[..., -1]
            yield one

    fleet = fleet_total(noted())
    if sorted(fleet.parks) != sorted(park.park_id for park in parks):
        raise errors.PathwayError("the pathways are not those of the parks: one of each is needed")
    return fleet_results.FleetResults(
        fleet, parks[0].kind, tuple(park.park_id for park in parks if park.invented), peaks, ends
    )


def project_fleet(
    parks: Sequence[Park],
    scenarios: Mapping[str, levers.Scenario],
    *,
    members: int = 200,
    seed: int = 20240401,
    until: int = 2060,
    assumptions: Assumptions | None = None,
) -> fleet_results.FleetResults:
    """Project parks under the same draws of what they share, and add them up.

    The assumptions are the shipped ones by default.

    Raises
    ------
    PathwayError
        The parks cannot be one fleet.
    """
    fleet_results.check_fleet(parks)
    drawn = {"members": members, "seed": seed, "until": until, "assumptions": assumptions}
    return add_up(
        parks, (projecting.project(park, scenarios, sampling.sample(park, scenarios, **drawn)) for park in parks)
    )


def summarise_parks(
    parks: Sequence[str],
    scenarios: Mapping[str, levers.Scenario],
    *,
    members: int,
    seed: int,
    until: int = 2060,
    assumptions: Assumptions | None = None,
) -> pd.DataFrame:
    """Compute the rows of ``summary.csv`` for some parks without a run, as `read_summary` gives them.

    Parameters
    ----------
    parks : sequence of str
        Ids or paths of tables; none means every park and region of the register that has data.
    scenarios : mapping of Scenario
    members, seed, until : int
    assumptions : Assumptions, optional
        The shipped ones by default.
    """
    drawn = {"members": members, "seed": seed, "until": until, "assumptions": assumptions}
    rows: list[dict[str, object]] = []
    for name in parks or [entry.park_id for entry in register.read_register() if entry.has_data]:
        park = read_park(name)
        draws = sampling.sample(park, scenarios, **drawn)
        pathways = projecting.project(park, scenarios, draws)
        held = find_peaks(projecting.project(park, scenarios, draws, keep="totals", drivers="hold"))
        rows.extend(summary_rows(park, find_peaks(pathways), pathways, held=held))
    return pd.DataFrame(rows)


def fleet_ids(kind: str, country: str = units.HOME) -> list[str]:
    """List the ids of all entries of a kind that have data and may be added up.

    Regions without a province are left out.  Any ``country`` but the home one stands for all other countries.
    """
    return [
        entry.park_id
        for entry in register.read_register()
        if entry.has_data
        and entry.kind == kind
        and (kind != fleet_results.REGION or entry.province)
        and (entry.country == units.HOME) == (country == units.HOME)
    ]


def read_fleets(parks: Sequence[str | Path] = ()) -> list[list[Park]]:
    """Read parks and regions as fleets of their own; none named means all of the register that have data.

    Raises
    ------
    InputError
        The faults of all tables that cannot be read.
    """
    return fleet_results.split_kinds(
        _read(parks or [*fleet_ids(fleet_results.REGION), *fleet_ids("park"), *fleet_ids("park", "")])
    )


def read_fleet(parks: Sequence[str | Path] = (), kind: str = "") -> list[Park]:
    """Read parks that may be counted together.

    Parameters
    ----------
    parks : sequence of str or Path
        Ids or paths of tables; none means all of the kind that have data.
    kind : str
        ``"park"`` or ``"region"``; where parks are named, they must be of this kind. ``""`` stands for that of the
        parks named, and for parks where none are.

    Returns
    -------
    list of Park

    Raises
    ------
    InputError
        The faults of all tables that cannot be read.
    PathwayError
        The kind is not known or not that of the parks, or they cannot be counted together.
    """
    if kind not in ("", "park", fleet_results.REGION):
        raise errors.PathwayError(f"kind = {kind!r}: expected 'park' or 'region'")
    found = _read(parks or fleet_ids(kind or "park"))
    fleet_results.check_kind_of(found, kind)
    fleet_results.check_fleet(found)
    return found


def _read(parks: Iterable[str | Path]) -> list[Park]:
    """Read parks, and raise the faults of all of them at once."""
    found: list[Park] = []
    faults: list[errors.Fault] = []
    for name in parks:
        try:
            found.append(read_park(name))
        except errors.InputError as error:
            faults += error.faults
    if faults:
        raise errors.InputError(faults)
    return found


def given_parks(folder: str | Path) -> list[str]:
    """List the id or path given to a run for each finished park, to read its table again."""
    return list(store.parks_of(Path(folder)).values())


def stored_fleets(folder: str | Path, scenarios: Sequence[str] = ()) -> list[fleet_results.FleetResults]:
    """Add up a run's regions, and its parks separately; kinds missing from the run are left out.

    Parameters
    ----------
    folder : str or Path
        Of a run that kept its members.
    scenarios : sequence of str
        All of the run by default.

    Raises
    ------
    InputError
        No run, no members kept, or a scenario it does not have.
    """
    run = store.open_run(folder)
    return [_added(run, some, scenarios) for some in fleet_results.split_kinds(_members(run))]


def stored_fleet(
    folder: str | Path, parks: Sequence[str] = (), kind: str = "", scenarios: Sequence[str] = ()
) -> fleet_results.FleetResults:
    """Add up parks of a run that may be counted together, from the members that the run kept.

    Parameters
    ----------
    folder : str or Path
    parks : sequence of str
        Ids; none means all of the kind.
    kind : str
        ``"park"`` or ``"region"``; ``""`` means all finished ones, which must be of one kind.
    scenarios : sequence of str
        All of the run by default.

    Raises
    ------
    InputError
        No run, no members kept, or a park or scenario it does not have.
    PathwayError
        The parks cannot be one fleet.
    """
    run = store.open_run(folder)
    known = {one.park_id: one for one in _members(run)}
    if parks:
        for park_id in parks:
            run[park_id]  # raises an error that lists the parks of the run
        chosen = [known[park_id] for park_id in parks]
    else:
        chosen = [one for one in known.values() if fleet_results.is_of_kind(one, kind)]
        if kind == fleet_results.REGION:
            chosen = [one for one in chosen if one.province] or chosen
    fleet_results.check_kind_of(chosen, kind)
    fleet_results.check_fleet(chosen)
    return _added(run, chosen, scenarios)


def _members(run: store.StoredRun) -> list[fleet_results.Member]:
    """Name the parks of a run, their kind from its summary, their province from the register."""
    if not run.parks:
        raise errors.PathwayError(f"{run.folder.name}: no park of this run came out; see its status.csv")
    known = {entry.park_id: (entry.province, entry.country) for entry in register.read_register()}
    first = run.summary.drop_duplicates("park_id").set_index("park_id")
    return [
        fleet_results.Member(
            name, str(first.loc[name, "kind"]), bool(first.loc[name, "invented"]), *known.get(name, ("", units.HOME))
        )
        for name in run.parks
    ]


def _added(
    run: store.StoredRun, parks: Sequence[fleet_results.Member], scenarios: Sequence[str]
) -> fleet_results.FleetResults:
    return add_up(parks, _stored_pathways(run, parks, list(scenarios) or list(run.summary["scenario"].unique())))


def _stored_pathways(
    run: store.StoredRun, parks: Sequence[fleet_results.Member], scenarios: list[str]
) -> Iterator[Pathways]:
    """Yield stored totals as pathways of one source, park by park."""
    first = run.summary.drop_duplicates("park_id").set_index("park_id")
    issue_year = run.record["parameters"].get("as_of")
    stored = list(run.summary["scenario"].unique())
    own = {name: path for name, path in store.own_files(run.folder).items() if path.is_file()}
    library = read_scenarios(own.get("scenario_file"), own.get("lever_file"))
    without = next((name for name in stored if is_without_levers(library, name)), None)
    for one in parks:
        frame = run[one.park_id].members(list(dict.fromkeys([*scenarios, *([without] if without else [])])))
        years = sorted(int(name) for name in frame.columns if str(name).isdigit())
        by_name = {
            str(name): part.sort_values("member")[[str(year) for year in years]].to_numpy(float)
            for name, part in frame.groupby("scenario", observed=True)
        }
        total = np.stack([by_name[name] for name in scenarios])
        yield Pathways(
            identity=one.park_id,
            scenarios=tuple(scenarios),
            sources=(TOTAL,),
            years=np.array(years),
            last_observed_year=int(first.loc[one.park_id, "last_observed_year"]),
            emissions=total[:, :, None, :],
            memo_items={},
            seed=int(first.loc[one.park_id, "seed"]),
            without_measures=None if without is None else by_name[without],
            issue_year=None if issue_year is None else int(issue_year),
        )
