"""Fleets of the parks of a run, from the members that the run kept: nothing is projected again."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from pathway_models.core.errors import PathwayError
from pathway_models.runs.store import StoredRun, open_run, parks_of

if TYPE_CHECKING:
    import pandas as pd

    from pathway_models.fleet.fleet_results import Member, Together
    from pathway_models.records.pathways import Pathways


def given_parks(folder: str | Path) -> list[str]:
    """What a run was given for each park that came out, id or path, to read its table again."""
    return list(parks_of(Path(folder)).values())


def stored_fleets(folder: str | Path, scenarios: Sequence[str] = ()) -> list[Together]:
    """Totals of a run's regions and of its parks, each by itself; kinds that the run does not have are left out.

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
    from pathway_models.fleet.fleet_results import split_kinds

    run = open_run(folder)
    return [_added(run, some, scenarios) for some in split_kinds(_members(run))]


def stored_fleet(
    folder: str | Path, parks: Sequence[str] = (), kind: str = "", scenarios: Sequence[str] = ()
) -> Together:
    """Total of some parks of a run that may be counted together.

    Parameters
    ----------
    folder : str or Path
    parks : sequence of str
        Ids; none means all of the kind.
    kind : str
        ``"park"`` or ``"region"``; ``""`` means all that came out, which then must be of one kind.
    scenarios : sequence of str
        All of the run by default.

    Raises
    ------
    InputError
        No run, no members kept, or a park or scenario it does not have.
    PathwayError
        The parks cannot be one fleet.
    """
    from pathway_models.fleet.fleet_results import REGION, check_fleet

    run = open_run(folder)
    known = {one.park_id: one for one in _members(run)}
    if parks:
        for park_id in parks:
            run[park_id]  # tells what the run has instead
        chosen = [known[park_id] for park_id in parks]
    else:
        chosen = [one for one in known.values() if not kind or (one.kind == REGION) == (kind == REGION)]
        if kind == REGION:
            chosen = [one for one in chosen if one.province] or chosen
    other = [one.park_id for one in chosen if kind and (one.kind == REGION) != (kind == REGION)]
    if other:
        raise PathwayError(f"of another kind than {kind!r}: {', '.join(other)}")
    check_fleet(chosen)
    return _added(run, chosen, scenarios)


def _members(run: StoredRun) -> list[Member]:
    """What is known of each park of a run: its kind from the summary, its province from the register."""
    from pathway_models.fleet.fleet_results import Member
    from pathway_models.intake.register import read_register

    if not run.parks:
        raise PathwayError(f"{run.folder.name}: no park of this run came out; see its status.csv")
    provinces = {entry.park_id: entry.province for entry in read_register()}
    first = run.summary.drop_duplicates("park_id").set_index("park_id")
    return [
        Member(name, str(first.loc[name, "kind"]), bool(first.loc[name, "invented"]), provinces.get(name, ""))
        for name in run.parks
    ]


def _added(run: StoredRun, parks: Sequence[Member], scenarios: Sequence[str]) -> Together:
    from pathway_models.fleet.fleet_results import add_up

    names = list(scenarios) or list(run.summary["scenario"].unique())
    last = run.summary.drop_duplicates("park_id").set_index("park_id")[["last_observed_year", "seed"]]
    return add_up(parks, _pathways(run, parks, names, last))


def _pathways(run: StoredRun, parks: Sequence[Member], scenarios: list[str], last: pd.DataFrame) -> Iterator[Pathways]:
    """Stored totals as pathways of one source, park by park."""
    import numpy as np

    from pathway_models.records.pathways import TOTAL, Pathways

    for one in parks:
        frame = run[one.park_id].members(scenarios)
        years = sorted(int(name) for name in frame.columns if str(name).isdigit())
        frames = [frame[frame["scenario"] == name].sort_values("member") for name in scenarios]
        total = np.stack([part[[str(year) for year in years]].to_numpy(float) for part in frames])
        yield Pathways(
            identity=one.park_id,
            scenarios=tuple(scenarios),
            sources=(TOTAL,),
            years=np.array(years),
            last_observed_year=int(last.loc[one.park_id, "last_observed_year"]),
            emissions=total[:, :, None, :],
            memo_items={},
            seed=int(last.loc[one.park_id, "seed"]),
        )
