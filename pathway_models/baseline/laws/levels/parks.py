"""The law in levels as parks use it: the nation's path, the region's deviation from it, the park's own.

Emissions lead: activity follows the economy and part of the deviation, and intensity is what is left, so that activity,
intensity and mix add up to the law of emissions (docs/law_in_levels.md, section 5).
"""

from collections import OrderedDict
from collections.abc import Mapping
from dataclasses import dataclass, replace
from functools import cached_property
from hashlib import blake2b
from typing import ClassVar, Self

import numpy as np

from pathway_models.baseline.laws.damped_trend import assumed_path
from pathway_models.baseline.laws.forecasts import ScaledForecast
from pathway_models.baseline.laws.levels.level import COVARIATES, GDP, SITES, SIZE, Level
from pathway_models.baseline.laws.register import register
from pathway_models.core.errors import PathwayError
from pathway_models.kernels import Floats
from pathway_models.records.assumptions import Assumptions
from pathway_models.records.growth_laws import EVERY_PROVINCE, History, Normals, Stream, Windows
from pathway_models.records.growth_levels import LevelParameters, LevelRecord

#: Name of the law.
LEVELS = "levels"
#: Kind of a park that is a region: it deviates from the nation as provinces do, and adds up to it with them.
REGION = "region"
#: Country whose provinces add up to the nation.
HOME = "CN"
#: Years of record that a nation is forecast from, as it was fitted.
NATION_RECORD = 8
#: Corrections of provinces that are remembered, one a batch of members.
REMEMBERED = 16

_raked: OrderedDict[bytes, Floats] = OrderedDict()


@dataclass(frozen=True, eq=False)
class Levels:
    """The law of a park's emissions, and of the activity that goes with them.

    Parameters
    ----------
    parameters : LevelParameters
    """

    parameters: LevelParameters

    name: ClassVar[str] = LEVELS
    is_fitted: ClassVar[bool] = True
    leads: ClassVar[bool] = True
    covariates: ClassVar[tuple[str, ...]] = COVARIATES
    streams: ClassVar[tuple[Stream, ...]] = (
        Stream("nation", "shared", yearly=True),
        Stream("continent", "shared", yearly=True),
        Stream("economy", "shared", yearly=True),
        Stream("region", "province", yearly=True),
        Stream("region", EVERY_PROVINCE, yearly=True),
    )

    @cached_property
    def _levels(self) -> dict[str, Level]:
        wide = {"park": self.parameters.numbers["park_widening"]}
        return {
            name: Level(name, fitted, *([wide[name]] if name in wide else []))
            for name, fitted in self.parameters.fits.items()
        }

    @property
    def park(self) -> Level:
        """The level of parks: deviations from what the park's country does."""
        return self._levels["park"]

    def fit(self, samples: list[Windows], start: Self | None = None) -> Level:
        """Fit a level to a panel: hindcasts score it at the panel's own size."""
        return Level(LEVELS).fit(samples, start)

    def forecast(self, history: History, steps: int) -> ScaledForecast:
        """Forecast records of a panel by the law of parks, as deviations only."""
        return self.park.forecast(history, steps)

    def simulate(self, history: History, steps: int, normals: Normals) -> Floats:
        """Draw paths of the emissions of one park: (member, step)."""
        if history.kind == REGION and history.country == HOME:
            return self._region(history, steps, normals)
        return self._park(history, steps, normals)

    def activity(self, history: History, steps: int, normals: Normals, emissions: Floats) -> Floats:
        """Draw the activity that goes with paths of emissions: (member, step).

        ASSUME: what provinces showed holds for parks: output follows a fifth of what emissions do beyond the nation's.

        Parameters
        ----------
        history : History
            Of the park's emissions, as in `simulate`.
        steps : int
        normals : Normals
            Of the activity.
        emissions : (member, step)
            Log change.
        """
        numbers, record = self.parameters.numbers, self._record(history)
        tie = numbers["economy_with_nation"]
        nation = normals.yearly(self._stream(history))
        shock = tie * nation + np.sqrt(1.0 - tie**2) * normals.yearly("economy")
        economy, _ = self._shared("economy", record, record.covariates[GDP], history, steps, shock)
        follows = 1.0 if history.kind == REGION else numbers["park_follows_nation"]
        beyond = emissions - follows * self.nation(history, steps, nation)[0]
        noise = numbers["activity_noise"] * np.cumsum(normals.yearly("shock"), axis=-1)
        return economy + numbers["activity_follows"] * beyond + noise

    def nation(self, history: History, steps: int, shock: Floats) -> tuple[Floats, Floats]:
        """Draw what the nation does after a park's last year, and what it did in the park's record.

        Years after the park's that the nation's own record reaches are as observed there.

        Returns
        -------
        change : (member, step)
        past : (record,)
            Log of the nation by year of the record, from its last one; NaN where not known.
        """
        record = self._record(history)
        return self._shared("nation", record, record.emissions, history, steps, shock)

    def _record(self, history: History) -> LevelRecord:
        nations = self.parameters.nations
        return nations.get(history.country, nations[HOME])

    def _shared(
        self, name: str, record: LevelRecord, logs: Floats, history: History, steps: int, shock: Floats
    ) -> tuple[Floats, Floats]:
        """Continue a shared quantity from its last known year, seen from the park's last year."""
        known = np.isfinite(logs)
        years, logs = record.years[known], logs[known]
        last, origin = int(years[-1]), int(np.asarray(history.origin))
        covariates = {key: values[known][-NATION_RECORD:] for key, values in record.covariates.items()}
        seen = History(logs[-NATION_RECORD:], last, covariates=covariates)
        ahead = max(last - origin, 0)
        change = np.empty(shock.shape)
        begin = float(np.interp(origin, years, logs))
        change[:, : min(ahead, steps)] = np.interp(origin + np.arange(1, min(ahead, steps) + 1), years, logs) - begin
        if steps > ahead:
            # ASSUME: where a park's table is newer than the nation's, the nation starts from the park's last year.
            drawn = self._levels[name].paths(seen, steps - ahead, shock[:, ahead:])
            change[:, ahead:] = drawn + (logs[-1] - begin if ahead else 0.0)
        past = origin + np.arange(1 - history.log_history.shape[-1], 1)
        return change, np.where((past >= years[0]) & (past <= last), np.interp(past, years, logs) - begin, np.nan)

    def _stream(self, history: History) -> str:
        """Name the stream of what a park shares with its country or continent."""
        return "continent" if history.country in self.parameters.drifts else "nation"

    def _park(self, history: History, steps: int, normals: Normals) -> Floats:
        numbers = self.parameters.numbers
        drift = self.parameters.drifts.get(history.country)
        change, past = self.nation(history, steps, normals.yearly(self._stream(history)))
        change, past = numbers["park_follows_nation"] * change, numbers["park_follows_nation"] * past
        if drift is not None:
            # ASSUME: the industry of another continent goes on with the drift of its own panel; its nation's errors
            # are shared around it.
            middle = np.median(change, axis=0)
            change = change - middle + drift * np.arange(1.0, steps + 1.0)
            past = drift * np.arange(1.0 - history.log_history.shape[-1], 1.0)
        share = numbers["park_in_region"]
        shock = np.sqrt(1.0 - share) * normals.yearly("shock") + np.sqrt(share) * normals.yearly("region")
        return change + self.park.paths(_deviation(history, past), steps, shock)

    def _region(self, history: History, steps: int, normals: Normals) -> Floats:
        """Draw a province: nation and deviation, less what would make all provinces differ from the nation."""
        nation, past = self.nation(history, steps, normals.yearly("nation"))
        if history.province not in self.parameters.regions:
            return nation + self._levels["region"].paths(_deviation(history, past), steps, normals.yearly("shock"))
        shocks = {name: normals.yearly(f"region:{name}") for name in self.parameters.regions}
        own = self._levels["region"].paths(_deviation(history, past), steps, shocks[history.province])
        return nation + own - self._surplus(history, steps, shocks)

    def _surplus(self, history: History, steps: int, shocks: Mapping[str, Floats]) -> Floats:
        """Compute the log of what the provinces' deviations add up to: (member, step).

        Member by member ``ln sum_i w_i exp(d_i)``, ``w_i`` the shares of the last year that is known of all of them.
        Provinces start from their own last year: a table that ends in another one is corrected as of its own.
        """
        origin = int(np.asarray(history.origin))
        key = blake2b(np.ascontiguousarray(shocks[next(iter(shocks))]).tobytes(), digest_size=16)
        key.update(f"{origin} {steps} {id(self.parameters)}".encode())
        found = _raked.get(key.digest())
        if found is None:
            found = _raked[key.digest()] = self._added(origin, steps, shocks)
            while len(_raked) > REMEMBERED:
                _raked.popitem(last=False)
        return found

    def _added(self, origin: int, steps: int, shocks: Mapping[str, Floats]) -> Floats:
        regions = self.parameters.regions
        total = sum(np.exp(record.emissions[-1]) for record in regions.values())
        added = 0.0
        for name, record in regions.items():
            history = History(record.emissions, record.origin, country=HOME)
            past = self._past_of_nation(history)
            # Steps count from the origin of the table that asks; a province known for longer starts at its own.
            paths = self._levels["region"].paths(_deviation(history, past), steps, shocks[name])
            added = added + np.exp(record.emissions[-1]) / total * np.exp(paths)
        return np.log(added)

    def _past_of_nation(self, history: History) -> Floats:
        record = self._record(history)
        past = int(np.asarray(history.origin)) + np.arange(1 - history.log_history.shape[-1], 1)
        return np.where((past >= record.years[0]) & (past <= record.origin),
                        np.interp(past, record.years, record.emissions), np.nan)  # fmt: skip


def _deviation(history: History, past: Floats) -> History:
    """Take the level above off a park's record; its own emissions are its size.

    Where the level above is not known for the first years, the record is as long as it is.
    """
    known = np.isfinite(past)
    first = int(np.argmax(known)) if known.any() else 0
    covariates = {SIZE: history.covariates.get(SIZE, history.log_history)[first:]}
    if SITES in history.covariates:
        covariates[SITES] = history.covariates[SITES][first:]
    above = np.where(known, past, 0.0)[first:]
    kept_years = None if history.kept is None else history.kept[first:]
    return replace(history, log_history=history.log_history[first:] - above, kept=kept_years, covariates=covariates)


@dataclass(frozen=True)
class Still:
    """What does not move of itself: shares of carriers, and intensity, which follows from emissions and activity.

    ASSUME: the mix stays as it is: what carriers did to emissions is in the law of emissions already.

    Parameters
    ----------
    use : str
    """

    use: str

    name: ClassVar[str] = LEVELS
    is_fitted: ClassVar[bool] = True
    moves: ClassVar[bool] = False
    covariates: ClassVar[tuple[str, ...]] = ()
    streams: ClassVar[tuple[Stream, ...]] = ()

    def simulate(self, history: History, steps: int, normals: Normals) -> Floats:
        """Return no change: (member, step)."""
        del history
        return np.zeros((len(normals.once("scale")), steps))


@register(LEVELS)
def levels(use: str, assumptions: Assumptions | None) -> object:
    """Make the law of parks; of a panel alone it is one level, to be fitted."""
    if assumptions is None or assumptions.levels is None:
        return Level(LEVELS)
    if use in ("emissions", "activity"):
        return Levels(assumptions.levels)
    if use == "population":
        return assumed_path(use, assumptions)
    if use in ("intensity", "mix"):
        return Still(use)
    raise PathwayError(f"{LEVELS}: no use {use!r}")
