"""Bands of sums held against real sums: random sets of parks, of cities, and all provinces.

Each entity is forecast by what had not seen it, member by member; what the levels share is drawn once for all entities
of an origin.  The same sums are made with every entity's members drawn independently, for comparison.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass

import numpy as np
import pandas as pd

from pathway_models.baseline.laws.levels.level import SHAPE_NORMALS, Level, brownian
from pathway_models.baseline.windows import Subject
from pathway_models.hindcast.league import FOLDS, SEED, fold_of, law_covariates
from pathway_models.hindcast.level_fits import (
    CHINA,
    NATION_RECORD,
    PARK_FOLLOWS_NATION,
    deviations,
    fit_nation,
    nation_logs,
)
from pathway_models.intake.panels import read_panel
from pathway_models.kernels import Floats
from pathway_models.records.growth_laws import Windows

#: Years ahead, sets drawn at each origin, and members of each forecast.
AHEAD, SETS, DRAWS = (1, 3, 5), 200, 1000
#: Entities of a set.
SIZE = 20


@dataclass(frozen=True)
class Fleet:
    """Which sums are made.

    Parameters
    ----------
    panel : str
    country : str
        Nation whose path is shared.
    follows : float
        Log of emissions that goes with one log of the nation.
    size : int
        Entities of a set; 0 for all of them.
    record : int
    """

    panel: str
    country: str
    follows: float
    size: int = SIZE
    record: int = 5


# ASSUME: European clusters follow Germany, as in the league table; cities and provinces follow China.
FLEETS = (
    Fleet("eu_sites", "DEU", PARK_FOLLOWS_NATION),
    Fleet("us_sites", "USA", PARK_FOLLOWS_NATION),
    Fleet("cities", CHINA, 1.0),
    Fleet("provinces", CHINA, 1.0, size=0),
)


def sums_of(fleet: Fleet, seed: int = SEED) -> pd.DataFrame:
    """Table coverage of the bands of sums, a row an origin and horizon.

    Columns: ``panel``, ``size``, ``origin``, ``horizon``, ``sets``; ``coverage_90`` of the bands with what is shared,
    ``independent_90`` without; ``half_width_90`` and ``independent_half_width`` (median, log).
    """
    subject = Subject(read_panel(fleet.panel))
    windows = subject.windows(fleet.record, max(AHEAD), law_covariates())
    nation = nation_logs(fleet.country)
    own = deviations(windows, nation, fleet.follows)
    inside = np.isfinite(own.log_history).all(axis=1)
    windows, own = windows.take(inside), own.take(inside)
    fold = fold_of(own.entity, len(subject.panel.entities), seed)
    fits = {held: Level().fit([own.take(fold != held)]) for held in range(FOLDS)}
    national = fit_nation(without=fleet.country)
    countries = Subject(read_panel("countries"))
    above = countries.windows(NATION_RECORD, max(AHEAD), law_covariates())
    above = above.take(above.entity == countries.panel.entities.index(fleet.country))
    rng, rows = np.random.default_rng(seed), []
    for origin in np.unique(own.origin).tolist():
        here, one = own.origin == origin, above.take(above.origin == origin)
        if not len(one):
            continue
        shared = fleet.follows * _members(national, one, rng)[0]
        paths = np.concatenate([
            _members(fits[held], own.take(here & (fold == held)), rng)
            for held in range(FOLDS)
            if (here & (fold == held)).any()
        ])  # fmt: skip
        order = np.concatenate([np.flatnonzero(here & (fold == held)) for held in range(FOLDS)])
        rows += _rows(fleet, origin, windows.take(order), paths, shared, rng)
    return pd.DataFrame(rows)


def _members(level: Level, windows: Windows, rng: np.random.Generator) -> Floats:
    """Simulate log changes at the horizons of `AHEAD`: (window, member, horizon)."""
    found = level.forecast(windows.history, max(AHEAD))
    at = np.array(AHEAD) - 1
    scores = brownian(rng.standard_normal((len(windows), DRAWS, max(AHEAD))))[..., at]
    shape = np.stack([np.interp(scores[..., k], SHAPE_NORMALS, found.shape[0, h]) for k, h in enumerate(at)], axis=-1)
    return found.centre[:, None, at] + found.scale[:, None, at] * shape


def _rows(
    fleet: Fleet, origin: int, windows: Windows, paths: Floats, shared: Floats, rng: np.random.Generator
) -> Iterator[dict[str, object]]:
    level = np.exp(windows.log_history[:, -1])
    alone = np.stack([shared[rng.permutation(DRAWS)] for _ in range(len(windows))])
    for k, horizon in enumerate(AHEAD):
        known = np.flatnonzero(np.isfinite(windows.change[:, horizon - 1]))
        size = known.size if fleet.size == 0 else fleet.size
        if known.size < max(size, 2):
            continue
        picks = [known] if fleet.size == 0 else [rng.choice(known, size, replace=False) for _ in range(SETS)]
        together = level[:, None] * np.exp(paths[..., k] + shared[None, :, k])
        apart = level[:, None] * np.exp(paths[..., k] + alone[..., k])
        came = level * np.exp(windows.change[:, horizon - 1])
        bands = {name: np.array([np.quantile(part[pick].sum(axis=0), [0.05, 0.95]) for pick in picks])
                 for name, part in (("shared", together), ("independent", apart))}  # fmt: skip
        real = np.array([came[pick].sum() for pick in picks])
        held = {name: (real >= band[:, 0]) & (real <= band[:, 1]) for name, band in bands.items()}
        width = {name: float(np.median(0.5 * np.log(band[:, 1] / band[:, 0]))) for name, band in bands.items()}
        yield {
            "panel": fleet.panel, "size": size, "origin": origin, "horizon": horizon, "sets": len(picks),
            "coverage_90": float(held["shared"].mean()), "independent_90": float(held["independent"].mean()),
            "half_width_90": width["shared"], "independent_half_width": width["independent"],
        }  # fmt: skip


def sums(seed: int = SEED) -> Iterator[tuple[str, Callable[[], pd.DataFrame]]]:
    """Yield every fleet whose sums are tested, with what makes its table."""
    for fleet in FLEETS:
        yield fleet.panel, lambda fleet=fleet: sums_of(fleet, seed)
