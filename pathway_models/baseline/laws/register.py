"""Growth laws by name, and their forecasts: Student-t in closed form, by scaled quantiles, or by members of errors.

Every file of this folder, or of one below it, that registers a law is found; laws may also be registered elsewhere.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from importlib import import_module
from pathlib import Path
from typing import Self

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy import special

from pathway_models.core import PathwayError
from pathway_models.kernels import Floats, scores
from pathway_models.records import Assumptions, GrowthLaw, growth_laws

#: Uses of a law: for totals or an energy index, activity, energy per activity, the log of a carrier's share, and
#: population as an activity.
USES = ("emissions", "activity", "intensity", "mix", "population")
#: Factory of the law of a use: fitted where the assumptions hold its parameters, else to be fitted to panels.
Build = Callable[[str, Assumptions | None], GrowthLaw]

_BUILDS: dict[str, Build] = {}


def register(name: str) -> Callable[[Build], Build]:
    """Register the factory of a law under a name; use as a decorator.

    Raises
    ------
    PathwayError
        The name is taken.
    """

    def added(build: Build) -> Build:
        taken = _BUILDS.get(name)
        if taken is not None and taken.__module__ != build.__module__:
            raise PathwayError(f"growth law {name!r} is registered already, by {taken.__module__}")
        _BUILDS[name] = build
        return build

    return added


@cache
def _import_all() -> None:
    package = __name__.rpartition(".")[0]
    folder = Path(__file__).parent
    for file in sorted([*folder.glob("*.py"), *folder.glob("*/*.py")]):
        import_module(".".join([package, *file.relative_to(folder).with_suffix("").parts]))


def law_names() -> tuple[str, ...]:
    """List the names of all registered laws."""
    _import_all()
    return tuple(sorted(_BUILDS))


def law_named(name: str, use: str = "emissions", assumptions: Assumptions | None = None) -> GrowthLaw:
    """Make a registered law.

    Parameters
    ----------
    name : str
    use : str
        One of `USES`.
    assumptions : Assumptions, optional
        Needed by laws whose parameters or long-run growth are assumptions.

    Raises
    ------
    PathwayError
        No law of that name is registered, or it needs assumptions.
    """
    if name not in law_names():
        raise PathwayError(f"no growth law {name!r}; registered are {', '.join(law_names())}")
    return _BUILDS[name](use, assumptions)


def laws_of(assumptions: Assumptions) -> Mapping[str, GrowthLaw]:
    """Look up the laws of parks by use: the fits of the assumptions, else their law as shipped.

    Raises
    ------
    PathwayError
        The law has no shipped parameters and was not fitted.
    """
    laws = {use: assumptions.fits.get(use) or law_named(assumptions.law, use, assumptions) for use in USES}
    lacking = [use for use, law in laws.items() if not law.is_fitted]
    if lacking:
        raise PathwayError(
            f"growth law {assumptions.law!r} has no parameters for {', '.join(lacking)}: fit it by"
            f" pw.with_law(assumptions, {assumptions.law!r})"
        )
    return laws


def streams_of(assumptions: Assumptions) -> tuple[growth_laws.Stream, ...]:
    """List the standard normals that the laws of parks need beside the usual ones, each once."""
    return tuple(dict.fromkeys(stream for law in laws_of(assumptions).values() for stream in law.streams))


def moves_mix(assumptions: Assumptions) -> bool:
    """Tell whether shares of carriers drift under the law of parks, so that their draws are needed."""
    return getattr(laws_of(assumptions)["mix"], "moves", True)


@dataclass(frozen=True, eq=False)
class StudentForecast:
    """Student-t forecasts of the log change.

    Parameters
    ----------
    centre, scale : (window, horizon) float
    tail : (window,) float
        Degrees of freedom.
    """

    centre: Floats
    scale: Floats
    tail: Floats

    def quantiles(self, probabilities: ArrayLike) -> Floats:
        """Compute quantiles: (window, horizon, probability)."""
        from_centre = special.stdtrit(self.tail[:, None, None], np.asarray(probabilities, dtype=float))
        return self.centre[..., None] + self.scale[..., None] * from_centre

    def pit(self, outcome: Floats) -> Floats:
        """Compute the probability given to less than the outcome: (window, horizon)."""
        return scores.pit_student_t(outcome, self.centre, self.scale, self.tail[:, None])

    def crps(self, outcome: Floats) -> Floats:
        """Compute the continuous ranked probability score, log units: (window, horizon)."""
        return scores.crps_student_t(outcome, self.centre, self.scale, self.tail[:, None])

    def half_width(self, level: float) -> Floats:
        """Compute half the width of the central band of a level, log units: (window, horizon)."""
        return special.stdtrit(self.tail, 0.5 + 0.5 * level)[:, None] * self.scale

    def take(self, kept: NDArray) -> Self:
        """Take some of the windows, by mask or index."""
        return type(self)(self.centre[kept], self.scale[kept], self.tail[kept])

    @classmethod
    def joined(cls, parts: Sequence[Self]) -> Self:
        """Stack forecasts."""
        return cls(*(np.concatenate([getattr(part, name) for part in parts]) for name in ("centre", "scale", "tail")))


@dataclass(frozen=True, eq=False)
class ScaledForecast:
    """Forecasts by centre and scale of every window, with quantiles of equal weight of the errors over their scale.

    Parameters
    ----------
    centre, scale : (window, horizon) float
    shape : (set, horizon, quantile) float
        Each set is shared by many windows.
    which : (window,) int
        Set of each window.
    """

    centre: Floats
    scale: Floats
    shape: Floats
    which: NDArray[np.int_]

    def _each(self, outcome: Floats, score: object) -> Floats:
        """Score standardised outcomes set by set and horizon by horizon; NaN where not known."""
        standard = (outcome - self.centre) / self.scale
        found = np.full(outcome.shape, np.nan)
        for place, shape in enumerate(self.shape):
            own = np.flatnonzero(self.which == place)
            for at in range(outcome.shape[1]):
                known = own[np.isfinite(standard[own, at])]
                found[known, at] = score(standard[known, at], shape[at])
        return found

    def quantiles(self, probabilities: ArrayLike) -> Floats:
        """Compute quantiles: (window, horizon, probability)."""
        around = np.moveaxis(np.quantile(self.shape, np.asarray(probabilities, float), axis=-1, method="hazen"), 0, -1)
        return self.centre[..., None] + self.scale[..., None] * around[self.which]

    def pit(self, outcome: Floats) -> Floats:
        """Compute the probability given to less than the outcome: (window, horizon)."""
        return self._each(outcome, lambda values, shape: np.interp(values, shape, _ranks(shape.size), 0.0, 1.0))

    def crps(self, outcome: Floats) -> Floats:
        """Compute the continuous ranked probability score, log units: (window, horizon)."""
        return self.scale * self._each(outcome, scores.crps_ensemble)

    def half_width(self, level: float) -> Floats:
        """Compute half the width of the central band of a level, log units: (window, horizon)."""
        low, high = np.moveaxis(self.quantiles([0.5 - 0.5 * level, 0.5 + 0.5 * level]), -1, 0)
        return 0.5 * (high - low)

    def take(self, kept: NDArray) -> Self:
        """Take some of the windows, by mask or index."""
        return type(self)(self.centre[kept], self.scale[kept], self.shape, self.which[kept])

    @classmethod
    def joined(cls, parts: Sequence[Self]) -> Self:
        """Stack forecasts, each with its own quantiles."""
        first = np.cumsum([0, *(len(part.shape) for part in parts[:-1])])
        which = [part.which + start for part, start in zip(parts, first, strict=True)]
        stacked = [np.concatenate([getattr(part, name) for part in parts]) for name in ("centre", "scale", "shape")]
        return cls(*stacked, np.concatenate(which))


def _ranks(count: int) -> Floats:
    """Return the probabilities of quantiles of equal weight, the midpoints of their ranks."""
    return (np.arange(count) + 0.5) / count


@dataclass(frozen=True, eq=False)
class MemberForecast:
    """Point forecasts with errors as members of equal weight, each set shared by many windows.

    Parameters
    ----------
    centre : (window, horizon) float
    errors : (set, horizon, member) float
        Differences of the members from the point; NaN at unknown horizons.
    which : (window,) int
        Set of each window.
    """

    centre: Floats
    errors: Floats
    which: NDArray[np.int_]

    def _each(self, outcome: Floats, score: object) -> Floats:
        """Score (outcomes, members) set by set and horizon by horizon; NaN where either is not known."""
        found = np.full(outcome.shape, np.nan)
        for place, errors in enumerate(self.errors):
            own = self.which == place
            for at in np.flatnonzero(np.isfinite(errors).all(axis=-1)):
                found[own, at] = score(outcome[own, at] - self.centre[own, at], errors[at])
        found[~np.isfinite(outcome)] = np.nan
        return found

    def quantiles(self, probabilities: ArrayLike) -> Floats:
        """Compute quantiles: (window, horizon, probability)."""
        around = np.moveaxis(np.quantile(self.errors, np.asarray(probabilities, dtype=float), axis=-1), 0, -1)
        return self.centre[..., None] + around[self.which]

    def pit(self, outcome: Floats) -> Floats:
        """Compute the probability given to less than the outcome: (window, horizon)."""
        return self._each(outcome, scores.ensemble_pit)

    def crps(self, outcome: Floats) -> Floats:
        """Compute the continuous ranked probability score, log units: (window, horizon)."""
        return self._each(outcome, scores.crps_ensemble)

    def half_width(self, level: float) -> Floats:
        """Compute half the width of the central band of a level, log units: (window, horizon)."""
        low, high = np.moveaxis(self.quantiles([0.5 - 0.5 * level, 0.5 + 0.5 * level]), -1, 0)
        return 0.5 * (high - low)

    def take(self, kept: NDArray) -> Self:
        """Take some of the windows, by mask or index."""
        return type(self)(self.centre[kept], self.errors, self.which[kept])

    @classmethod
    def joined(cls, parts: Sequence[Self]) -> Self:
        """Stack forecasts, each with its own members."""
        first = np.cumsum([0, *(len(part.errors) for part in parts[:-1])])
        which = [part.which + start for part, start in zip(parts, first, strict=True)]
        centre, errors = (np.concatenate([getattr(part, name) for part in parts]) for name in ("centre", "errors"))
        return cls(centre, errors, np.concatenate(which))
