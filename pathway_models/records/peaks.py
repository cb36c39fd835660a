"""Event, peak year, value, status and plateau of every member; summary of an ensemble; the headline.

The event "peaks before Y" comes first (``docs/headline.md``), the peak year second (``docs/peak_rules.md``); quantiles
keep the censored mass.  The headline splits the event into past, ahead and not before.
"""

from dataclasses import dataclass
from functools import cached_property

import numpy as np

from pathway_models.core import PathwayError, RecordError, ScenarioError, Shown
from pathway_models.core.arrays import fixed, frozen_array, rising_years
from pathway_models.kernels.event_split import OUTCOMES, PAST, WINDOW, split, standard_error
from pathway_models.kernels.quantiles import censored_quantiles
from pathway_models.kernels.turning_points import CENSORED, STATUS, Hump, PeakRule, humps, humps_text
from pathway_models.records.park import Identified, ParkIdentity


@dataclass(frozen=True, eq=False)
class Peaks(Identified, Shown):
    """Events and peaks of an ensemble under the rules of ``docs/headline.md`` and ``docs/peak_rules.md``.

    Parameters
    ----------
    identity : ParkIdentity
    scenarios : (N,) str
    years : (Y,) int
    last_observed_year : int
    year : (scenario, member) int
        Year of the first maximum; only a *peak* year where the status is not censored.
    status : (scenario, member) int
        Index into ``kernels.turning_points.STATUS``.
    value : (scenario, member), tCO2/yr
    plateau_first, plateau_last : (scenario, member) int
    seed : int
    event : (scenario, member, year) bool
        Whether a member peaks before that year; False where a window is not complete.
    settled : (member, year) bool, optional
        Whether the same member does so without new measures, its highest year at or before the issue year; needed to
        classify a peak as past.
    issue_year : int, optional
        Year in which the answer is given; the last observed one by default.
    before : int, optional
        Year that parts ``ahead`` from ``after`` in ``status``.
    account : str
        Account of the totals (`Pathways.account`); empty where it is not known.
    follow : int
        Years that must follow the highest year of a peak.
    closed_since : int, optional
        First year without emissions of a site that has none at the end of its record.
    """

    identity: ParkIdentity
    scenarios: tuple[str, ...]
    years: np.ndarray
    last_observed_year: int
    year: np.ndarray
    status: np.ndarray
    value: np.ndarray
    plateau_first: np.ndarray
    plateau_last: np.ndarray
    seed: int
    event: np.ndarray
    settled: np.ndarray | None = None
    issue_year: int | None = None
    before: int | None = None
    account: str = ""
    follow: int = PeakRule().follow
    closed_since: int | None = None

    def __post_init__(self) -> None:
        super().__post_init__()
        put = object.__setattr__
        years = rising_years("years", self.years)
        put(self, "years", years)
        shape = (len(self.scenarios), np.shape(self.year)[1])
        for name in ("year", "status", "plateau_first", "plateau_last"):
            put(self, name, frozen_array(name, getattr(self, name), shape, int))
        put(self, "value", frozen_array("value", self.value, shape))
        if self.status.min() < 0 or self.status.max() >= len(STATUS):
            raise RecordError(f"status codes must be indices into {STATUS}")
        put(self, "event", frozen_array("event", self.event, (*shape, years.size), bool))
        if self.settled is not None:
            put(self, "settled", frozen_array("settled", self.settled, (shape[1], years.size), bool))
        if self.issue_year is None:
            put(self, "issue_year", int(self.last_observed_year))

    @property
    def members(self) -> int:
        """Number of ensemble members."""
        return self.year.shape[1]

    @property
    def last_peak_year(self) -> int:
        """Last year in which a peak can be found: `follow` years are projected after it."""
        return int(self.years[-1]) - self.follow

    # the event --------------------------------------------------------------------------------------------------

    def peaks_before(self, year: int) -> np.ndarray:
        """Mark members that peak before a year: no year of it and the four after exceeds the highest before it.

        Raises
        ------
        PathwayError
            The year has no year before it, or its window ends beyond the horizon.
        """
        first, last = int(self.years[0]) + 1, int(self.years[-1]) - WINDOW + 1
        if not first <= year <= last:
            raise PathwayError(
                f"before {year}: expected a year from {first} to {last}, since {WINDOW} years to {year + WINDOW - 1}"
                f" confirm the peak and the pathways end in {self.years[-1]}"
            )
        return self.event[..., year - int(self.years[0])]

    def p_before(self, year: int) -> np.ndarray:
        """Share of all members that peak before a year: (scenario,)."""
        return self.peaks_before(year).mean(axis=1)

    def split(self, before: int) -> np.ndarray:
        """Split the event member by member: (scenario, member), codes into ``kernels.event_split.OUTCOMES``.

        Raises
        ------
        PathwayError
            The window ends beyond the horizon, the issue year is not before ``before`` or lies before the last data
            year, or there is no path without measures.
        """
        if wrong := self._not_split(before):
            raise PathwayError(f"{self.park_id}: {wrong}")
        return split(self.peaks_before(before), self.settled[:, before - int(self.years[0])])

    def _not_split(self, before: int) -> str:
        """Return a short reason why the event cannot be split; empty where it can."""
        wrong = refusal(before, int(self.issue_year), int(self.last_observed_year), int(self.years[-1]))
        return wrong or ("" if self.settled is not None else "no path without measures to read the past on")

    def again(self, before: int) -> np.ndarray:
        """Mark members that peak before a year and exceed that maximum later in the horizon: (scenario, member)."""
        return self.peaks_before(before) & (self.year >= before + WINDOW)

    def headline(self, before: int = 2030) -> list[dict[str, object]]:
        """Return one row a scenario: past, ahead, not before, with sampling errors; NaN where not known."""
        first, last = int(self.years[0]) + 1, int(self.years[-1]) - WINDOW + 1
        rows: list[dict[str, object]] = [
            dict.fromkeys(("p_before", *SHARES), np.nan) | {"issue_year": self.issue_year, "account": self.account}
            for _ in self.scenarios
        ]
        if not first <= before <= last:
            return rows
        event, again = self.p_before(before), self.again(before).mean(axis=1)
        past = np.full(event.shape, np.nan) if self._not_split(before) else (self.split(before) == PAST).mean(axis=1)
        for row, p, done, more in zip(rows, event.tolist(), past.tolist(), again.tolist(), strict=True):
            row |= shares_of(p, done, self.members) | {"p_before": p, "p_again": more}
        return rows

    # the peak year ----------------------------------------------------------------------------------------------

    def censored(self) -> np.ndarray:
        """Mark members without a peak year inside the horizon: (scenario, member) bool."""
        return self._censored

    @cached_property
    def _censored(self) -> np.ndarray:
        return fixed(np.isin(self.status, CENSORED))

    @cached_property
    def _quantiles(self) -> dict[tuple[float, ...], np.ndarray]:
        """Cache of quantiles: tables, sentences and figures use the same ones."""
        return {}

    def p_peaked_by(self, year: int) -> np.ndarray:
        """Share of *all* members whose peak year is ``year`` or earlier: (scenario,)."""
        return ((self.year <= year) & ~self.censored()).mean(axis=1)

    def quantiles(self, probabilities: tuple[float, ...] = (0.05, 0.5, 0.95)) -> np.ndarray:
        """Return the quantiles of the peak year over all members: (scenario, probability).

        ``inf`` where the quantile lies in the censored mass, shown as later than `last_peak_year`.
        """
        asked = tuple(probabilities)
        if asked not in self._quantiles:
            self._quantiles[asked] = fixed(censored_quantiles(self.year, self.censored(), asked))
        return self._quantiles[asked]

    def humps(self) -> list[tuple[Hump, ...]]:
        """List the separate parts of each scenario's peak years, with their shares; empty where there is no gap."""
        return [
            humps(year[~late], int((late).sum()), self.last_peak_year)
            for year, late in zip(self.year, self.censored(), strict=True)
        ]

    def parts_text(self, at: int) -> str:
        """Write the parts of a scenario's peak years, ``"2012-2019 43 %; >2055 38 %"``; empty where there is no gap."""
        return humps_text(self.humps()[at], self.last_peak_year)

    def peak_text(self, at: int) -> str:
        """Write a scenario's median peak year with its 90 % range, or its parts where there is a gap."""
        low, middle, high = map(self.year_text, self.quantiles()[at])
        return self.parts_text(at) or f"{middle} ({low} – {high})"

    def status_shares(self) -> np.ndarray:
        """Share of members by status: (scenario, status), columns as in ``STATUS``."""
        codes = np.arange(len(STATUS))
        return (self.status[..., None] == codes).mean(axis=1)

    def year_text(self, year: float) -> str:
        """Format a quantile of the peak year: ``"2031"`` or ``">2055"``."""
        return f">{self.last_peak_year}" if np.isinf(year) else str(int(year))

    def summary(self, before: int = 2030) -> list[dict[str, object]]:
        """Return one row a scenario, ready for a table: the event first, the peak year second.

        ``p_peak_before_<before>`` is the share of members that peak before that year, the sum of ``p_past`` and
        ``p_ahead``; the other reading, ``p_peak_by_<before>``, is the event of the year after.
        """
        years, shares = self.quantiles(), self.status_shares()
        censored = self.censored().mean(axis=1)
        early, late = self.headline(before), self.headline(before + 1)
        return [
            {
                "scenario": name,
                "peak_status": STATUS[int(shares[at].argmax())],
                "peak_year_p05": self.year_text(years[at, 0]),
                "peak_year_p50": self.year_text(years[at, 1]),
                "peak_year_p95": self.year_text(years[at, 2]),
                "share_censored": float(censored[at]),
                f"p_peak_before_{before}": early[at]["p_before"],
                f"p_peak_by_{before}": late[at]["p_before"],
                "peak_value_p50_tco2": float(np.median(self.value[at])),
                "peak_parts": self.parts_text(at),
            }
            | {key: value for key, value in early[at].items() if key != "p_before"}
            for at, name in enumerate(self.scenarios)
        ]

    def __repr__(self) -> str:
        before = self.before or 2030
        lines = [
            f"<Peaks {self.park_id}: {self.members} members, seed {self.seed};"
            f" P(before {before}), peak year p05 / p50 / p95"
        ]
        for row in self.summary(before):
            chance = row[f"p_peak_before_{before}"]
            range_90 = f"{row['peak_year_p05']:>5} / {row['peak_year_p50']:>5} / {row['peak_year_p95']:>5}"
            lines.append(
                f"  {row['scenario']:<14} {'-' if np.isnan(chance) else f'{chance:.2f}':>4}"
                f"   {row['peak_parts'] or range_90}   {row['peak_status']}"
            )
        return "\n".join(lines) + ">"


@dataclass(frozen=True, eq=False)
class EnsembleSummary:
    """An ensemble without its members' paths.

    Parameters
    ----------
    peaks : Peaks
        Of every member.
    cumulative : (scenario, member), tCO2
        Sum of the total over the projected years.
    probabilities : (P,) float
    quantiles : (scenario, probability, year), tCO2/yr
        Quantiles over members of the total.
    mean : (scenario, year), tCO2/yr
    """

    peaks: Peaks
    cumulative: np.ndarray
    probabilities: tuple[float, ...]
    quantiles: np.ndarray
    mean: np.ndarray

    def __post_init__(self) -> None:
        put, peaks = object.__setattr__, self.peaks
        scenarios, years = len(peaks.scenarios), rising_years("years", peaks.years).size
        if not all(0 <= probability <= 1 for probability in self.probabilities):
            raise RecordError(f"probabilities {self.probabilities}: expected shares between 0 and 1")
        for name, shape in {
            "cumulative": (scenarios, peaks.members),
            "quantiles": (scenarios, len(self.probabilities), years),
            "mean": (scenarios, years),
        }.items():
            put(self, name, frozen_array(name, getattr(self, name), shape))

    @property
    def park_id(self) -> str:
        """The park."""
        return self.peaks.park_id

    @property
    def scenarios(self) -> tuple[str, ...]:
        """The scenarios, in the order of the arrays."""
        return self.peaks.scenarios

    @property
    def years(self) -> np.ndarray:
        """Observed and projected years: (Y,)."""
        return self.peaks.years

    @property
    def last_observed_year(self) -> int:
        """Last year with data."""
        return self.peaks.last_observed_year

    @property
    def members(self) -> int:
        """Number of ensemble members."""
        return self.peaks.members

    @property
    def seed(self) -> int:
        """Seed of the draws."""
        return self.peaks.seed

    def __repr__(self) -> str:
        shown = ", ".join(f"p{100 * probability:02.0f}" for probability in self.probabilities)
        return f"<Outlook: {shown} of the total by year; cumulative by member; {self.peaks!r}>"


#: Least share of members that are not past for which P(ahead | not past) is given.
LEAST_LEFT = 0.02


def refusal(before: int, issue_year: int, last_observed_year: int, last_year: int) -> str:
    """Return the reason, in one line, why the headline cannot be given; empty where it can.

    Parameters
    ----------
    before : int
        The year in question.
    issue_year, last_observed_year : int
    last_year : int
        Last year projected.

    Examples
    --------
    >>> refusal(2030, 2026, 2020, 2060)
    ''
    >>> refusal(2030, 2026, 2020, 2033)
    'before 2030: 2030 to 2034 confirm the peak, and the pathways end in 2033'
    """
    if before + WINDOW - 1 > last_year:
        confirm = f"{before} to {before + WINDOW - 1} confirm the peak"
        return f"before {before}: {confirm}, and the pathways end in {last_year}"
    if issue_year >= before:
        return f"issue year {issue_year}: expected one before {before}, the year in question (--as-of)"
    if issue_year < last_observed_year:
        return f"issue year {issue_year}: expected {last_observed_year} or later, the last year with data (--as-of)"
    return ""


def shares_of(before: float, past: float, members: int) -> dict[str, float]:
    """Compute the shares of a scenario from those that peak before the year and that are past, NaN if unknown.

    Returns
    -------
    dict
        `SHARES` but ``p_again``; P(ahead | not past) is NaN where under 2 % of the members are left.
    """
    left = 1.0 - past
    given = (before - past) / left if left >= LEAST_LEFT else np.nan
    return {
        "p_past": past,
        "p_ahead": before - past,
        "p_not_before": 1.0 - before,
        "p_ahead_given_not_past": given,
        "p_se": float(standard_error(before, members)),
        "p_se_ahead_given": float(standard_error(given, members * left)),
    }


@dataclass(frozen=True, eq=False)
class Headline(Identified, Shown):
    """Outcome of every member under the rule of ``docs/headline.md``; shares are of all members.

    Parameters
    ----------
    identity : ParkIdentity
    scenarios : (N,) str
    before : int
        The year in question, Y.
    issue_year : int
        Year in which the answer is given: up to it no scenario differs from the one without measures.
    last_observed_year : int
    account : str
        Account of the emissions.
    outcome : (scenario, member) int
        Codes into ``kernels.event_split.OUTCOMES``: past, ahead, not before.
    again : (scenario, member) bool
        Whether a member that peaks before Y exceeds that maximum after the confirmation window.
    seed : int
    closed_since : int, optional
        First year without emissions of a closed site.
    if_drivers_hold : Headline, optional
        The other reading: growth as the plan or scenario says, else the law's median path.
    """

    identity: ParkIdentity
    scenarios: tuple[str, ...]
    before: int
    issue_year: int
    last_observed_year: int
    account: str
    outcome: np.ndarray
    again: np.ndarray
    seed: int
    closed_since: int | None = None
    if_drivers_hold: "Headline | None" = None

    def __post_init__(self) -> None:
        super().__post_init__()
        shape = (len(self.scenarios), np.shape(self.outcome)[1])
        object.__setattr__(self, "outcome", frozen_array("outcome", self.outcome, shape, int))
        object.__setattr__(self, "again", frozen_array("again", self.again, shape, bool))
        if self.outcome.min() < 0 or self.outcome.max() >= len(OUTCOMES):
            raise RecordError(f"outcomes must be indices into {OUTCOMES}")
        held = self.if_drivers_hold
        if held is not None and (held.scenarios, held.before) != (self.scenarios, self.before):
            raise RecordError("the two readings are not of the same scenarios and year")

    @property
    def members(self) -> int:
        """Number of ensemble members."""
        return self.outcome.shape[1]

    @property
    def confirmed_by(self) -> int:
        """Last year of the confirmation window."""
        return self.before + WINDOW - 1

    def share(self, outcome: str) -> np.ndarray:
        """Share of all members with an outcome: (scenario,)."""
        return (self.outcome == OUTCOMES.index(outcome)).mean(axis=1)

    @property
    def p_past(self) -> np.ndarray:
        """Share that is past: (scenario,)."""
        return self.share("past")

    @property
    def p_ahead(self) -> np.ndarray:
        """Share that peaks before the year and is not past: (scenario,)."""
        return self.share("ahead")

    @property
    def p_not_before(self) -> np.ndarray:
        """Share that does not peak before the year: (scenario,)."""
        return self.share("not_before")

    @property
    def p_before(self) -> np.ndarray:
        """Share that peaks before the year, past and ahead together: (scenario,)."""
        return (self.outcome != OUTCOMES.index("not_before")).mean(axis=1)

    def _derived(self, name: str) -> np.ndarray:
        pairs = zip(self.p_before.tolist(), self.p_past.tolist(), strict=True)
        return np.array([shares_of(before, past, self.members)[name] for before, past in pairs])

    @property
    def p_ahead_given_not_past(self) -> np.ndarray:
        """Share that is ahead, of the members that are not past: (scenario,); NaN where under 2 % are left."""
        return self._derived("p_ahead_given_not_past")

    @property
    def p_se(self) -> np.ndarray:
        """Sampling error of `p_before`: (scenario,)."""
        return self._derived("p_se")

    @property
    def p_se_ahead_given(self) -> np.ndarray:
        """Sampling error of `p_ahead_given_not_past`: (scenario,)."""
        return self._derived("p_se_ahead_given")

    @property
    def p_again(self) -> np.ndarray:
        """Share that peaks before the year and exceeds that maximum again later: (scenario,)."""
        return self.again.mean(axis=1)

    def index(self, scenario: str) -> int:
        """Return the position of a scenario.

        Raises
        ------
        ScenarioError
            It is not among them.
        """
        if scenario not in self.scenarios:
            raise ScenarioError(f"no scenario {scenario!r} in this headline; there are {', '.join(self.scenarios)}")
        return self.scenarios.index(scenario)

    def rows(self) -> list[dict[str, object]]:
        """Return one row a scenario: the columns of ``summary.csv`` (`COLUMNS`), those of the other reading last."""
        arrays = {name: getattr(self, name) for name in SHARES}
        rows: list[dict[str, object]] = [
            {"scenario": name}
            | {key: float(values[at]) for key, values in arrays.items()}
            | {"issue_year": self.issue_year, "account": self.account}
            for at, name in enumerate(self.scenarios)
        ]
        if self.if_drivers_hold is not None:
            for row, other in zip(rows, self.if_drivers_hold.rows(), strict=True):
                row |= {f"{name}{IF_DRIVERS_HOLD}": other[name] for name in SHARES}
        return rows

    def __repr__(self) -> str:
        closed = f"; closed, no emissions since {self.closed_since}" if self.closed_since is not None else ""
        lines = [
            f"<Headline {self.park_id}: peaks before {self.before}?"
            f" issued in {self.issue_year}, {self.account}{closed}",
            f"  {self.members} members, seed {self.seed}; confirmed by {self.before}-{self.confirmed_by}",
            f"  {'':<14} past  ahead  not before   ahead | not past   again later",
        ]
        for row in self.rows():
            given, error = (row[name] for name in ("p_ahead_given_not_past", "p_se_ahead_given"))
            chance = "-" if given != given else f"{given:.2f} ± {error:.2f}"
            lines.append(
                f"  {row['scenario']:<14} {row['p_past']:.2f}   {row['p_ahead']:.2f}        {row['p_not_before']:.2f}"
                f"   {chance:>16}          {row['p_again']:.2f}"
            )
        return "\n".join(lines) + ">"


#: Shares and their errors in `Headline.rows`.
SHARES = (
    "p_past",
    "p_ahead",
    "p_not_before",
    "p_ahead_given_not_past",
    "p_se",
    "p_se_ahead_given",
    "p_again",
)
#: Ending of the columns of the other reading.
IF_DRIVERS_HOLD = "_if_drivers_hold"
#: Columns of the headline in a summary, in their order.
COLUMNS = (*SHARES, "issue_year", "account", *(f"{name}{IF_DRIVERS_HOLD}" for name in SHARES))


@dataclass(frozen=True)
class Step:
    """Effect of one measure by itself, against no measures.

    Parameters
    ----------
    lever, name_en, name_zh, family, setting : str
    start, complete : int
        Last year without effect, not before the issue year unless the record shows the measure; first with full effect.
    gain : float
        Change of the share of members that peak in time.
    avoided : float, tCO2/yr
        Mean over central members and projected years.
    cost : float, million CNY/yr
        Level yearly payment with the same known present value, below zero where it saves more than it costs; for a
        measure without a price, the change of the energy bill alone.
    has_price : bool
    """

    lever: str
    name_en: str
    name_zh: str
    family: str
    setting: str
    start: int
    complete: int
    gain: float
    avoided: float
    cost: float
    has_price: bool

    @property
    def pays_below(self) -> float | None:
        """Return the own cost, million CNY/yr, below which a measure without a price pays; None where there is none.

        It equals the value of the energy saved.
        """
        return -self.cost if not self.has_price and self.cost < 0 else None
