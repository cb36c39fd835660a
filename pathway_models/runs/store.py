"""Results of a run, read lazily, park by park.

run = pw.open_run("results/2024")
run.summary.query("p_peak_before_2030 < 0.5")
run["region-d"].members(scenarios=["deep"], columns=["year_of_maximum", 2030])
for park_id, frame in run.members(columns=["scenario", 2030]):
    ...
"""

from __future__ import annotations

import contextlib
import json
from collections.abc import Callable, Iterable, Iterator, Sequence
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from pathway_models.core import Fault, InputError
from pathway_models.runs import folders, provenance, tables

if TYPE_CHECKING:
    # Deferred below: commands that only ask for records and files start in half the time.
    import pandas as pd

    from pathway_models.records import Scenarios


#: Parameters without which a run cannot be computed again.
NEEDED = ("parks", "scenarios", "members", "seed", "until", "before")
#: Sections of a record that map names to values, and the type of these.
SECTIONS = {"inputs_sha256": str, "outputs_sha256": str, "versions": str, "seals": dict}


def read_record(folder: Path) -> dict[str, Any]:
    """Read the record of a run, ``run.json``.

    Raises
    ------
    InputError
        The folder holds no run, or its record is cut short.
    """
    path = folder / "run.json"
    if not path.is_file():
        expected = "the folder of a run, with run.json"
        raise InputError([Fault(str(folder), "run", "", expected, "give the folder that 'run' printed", code="no_run")])
    try:
        record = json.loads(path.read_text(encoding="utf-8"))
    except (ValueError, RecursionError):
        record = None
    if not isinstance(record, dict) or not all(_is_listing(record, *section) for section in SECTIONS.items()):
        raise InputError([_unreadable(folder, "a whole record of a run")])
    return record


def _is_listing(record: dict[str, Any], name: str, kind: type) -> bool:
    """Tell whether a section of a record, if present, maps names to values of one type."""
    section = record.get(name, {})
    return isinstance(section, dict) and all(isinstance(value, kind) for value in section.values())


def parameters_of(folder: Path) -> dict[str, Any]:
    """Read the parameters of a run: parks, scenarios, members, seed, years.

    Raises
    ------
    InputError
        The folder holds no run, or its record lacks some of it: another version has written it.
    """
    parameters = read_record(folder).get("parameters", {})
    if not isinstance(parameters, dict):
        raise InputError([_unreadable(folder, "a record with the parameters of the run")])
    missing = [name for name in NEEDED if name not in parameters]
    if missing:
        raise InputError([_unreadable(folder, f"a record with the parameters {', '.join(missing)}")])
    texts = [value for name in ("parks", "scenarios") for value in _listed(parameters[name])]
    wrong = [name for name in NEEDED[2:] if type(parameters[name]) is not int]
    wrong += [name for name in NEEDED[:2] if not _listed(parameters[name])]
    if wrong or not all(isinstance(text, str) for text in texts):
        raise InputError([_unreadable(folder, f"sound parameters {', '.join(wrong or NEEDED[:2])}")])
    return parameters


def _listed(value: Any) -> list[Any]:
    """Items of a list; none of anything else."""
    return value if isinstance(value, list) else []


def _unreadable(folder: Path, expected: str) -> Fault:
    remedy = "run the parks again into a new folder"
    return Fault(str(folder / "run.json"), "record", "", expected, remedy, code="run_record")


def parks_of(folder: Path, wanted: Sequence[str] = ()) -> dict[str, str]:
    """List the finished parks of a run: id -> id or path that the run was given.

    Raises
    ------
    InputError
        A park requested is not in the run, or has no results.
    """
    given = {folders.park_id_of(park): park for park in parameters_of(folder)["parks"]}
    done = [outcome.park_id for outcome in tables.read_status(folder) if outcome.status == "done"]
    strange = [park for park in done if park not in given]
    if strange:
        raise InputError([_unreadable(folder, f"a record that names the park {', '.join(strange)}")])
    missing = [park for park in wanted if park not in done]
    if missing or not done:
        expected = f"a park of the run that came out: {', '.join(done) or 'there is none'}"
        remedy = "see status.csv of the run"
        raise InputError(
            Fault(folder.name, "park", park, expected, remedy, code="park_not_in_run") for park in missing or [""]
        )
    return {park: given[park] for park in (wanted or done)}


def scenarios_of(folder: Path) -> Scenarios:
    """Look up the scenarios of a run: in the copies of its own files that it keeps, or in the present library."""
    from pathway_models.intake.library import read_scenarios

    own, chosen = own_files(folder), parameters_of(folder)["scenarios"]
    return read_scenarios(own.get("scenario_file"), own.get("lever_file")).pick(list(chosen))


#: Parameters of a run with paths of the user's files.
OWN_FILES = ("scenario_file", "lever_file")


def own_files(folder: Path) -> dict[str, Path]:
    """Find the files of scenarios and levers a run was given: parameter -> the copy the run keeps."""
    given = parameters_of(folder)
    return {name: kept_copy(folder, given[name]) for name in OWN_FILES if given.get(name)}


def kept_copy(folder: Path, given: str | Path) -> Path:
    """Return the run's copy of a file it was given, or the file itself where the run is older and has none."""
    copy = folder / provenance.KEPT_INPUTS / Path(given).name
    return copy if copy.exists() else Path(given)


#: File of a park's folder that caches the evaluated packages of a search for the next report.
SEARCH = "search.npz"


def kept_arrays(path: Path, key: str, work: Callable[[], dict[str, Any]]) -> dict[str, Any]:
    """Return the arrays that a file caches under a key, or compute and cache them.

    Parameters
    ----------
    path : Path
        Of the cache; without a folder, or in one that cannot be written, nothing is cached.
    key : str
        Hash or name of all inputs of the work; arrays under another key are not used.
    work : callable
    """
    # A missing or broken file is no fault: the work makes it again.
    with contextlib.suppress(Exception), path.open("rb") as file, np.load(file, allow_pickle=False) as kept:
        if str(kept["key"]) == key:
            return {name: kept[name] for name in kept.files if name != "key"}
    found = work()
    with contextlib.suppress(OSError):
        partial = path.with_name(path.name + ".partial")
        with partial.open("wb") as file:
            np.savez_compressed(file, key=np.array(key), **found)
        partial.replace(path)
    return found


def open_run(folder: str | Path) -> StoredRun:
    """Open the folder of a run.

    Parameters
    ----------
    folder : str or Path
        As ``pathways run`` or `run_tables` made it.

    Returns
    -------
    StoredRun

    Raises
    ------
    InputError
        The folder does not exist, is no run's, or has no status table yet.
    """
    folder = Path(folder)
    record = read_record(folder)
    if not isinstance(record.get("parameters"), dict) or not (folder / "status.csv").is_file():
        expected = "a run with its status.csv: this one was cut off, or is still at its first park"
        remedy = "run it again into the same folder"
        raise InputError([Fault(str(folder), "run", "", expected, remedy, code="run_unfinished")])
    return StoredRun(folder, record)


class StoredRun:
    """A run on disk.

    Parameters
    ----------
    folder : Path
    record : dict
        Content of ``run.json``.
    """

    def __init__(self, folder: Path, record: dict[str, Any]) -> None:
        self.folder, self.record = folder, record

    @cached_property
    def status(self) -> pd.DataFrame:
        """Status of every park: park_id, status, seconds, cause."""
        import pandas as pd

        rows = [(each.park_id, each.status, each.seconds, each.cause) for each in tables.read_status(self.folder)]
        return pd.DataFrame(rows, columns=list(tables.STATUS_COLUMNS))

    @cached_property
    def parks(self) -> tuple[str, ...]:
        """Finished parks, in the order of the run."""
        return tuple(self.status.loc[self.status["status"] == "done", "park_id"])

    @cached_property
    def summary(self) -> pd.DataFrame:
        """One row a park and scenario; peak years are texts, for ``">2060"``."""
        return tables.read_summary(self.folder)

    def __getitem__(self, park_id: str) -> StoredPark:
        self._check([park_id])
        return StoredPark(self.folder / park_id)

    def __iter__(self) -> Iterator[StoredPark]:
        return (StoredPark(self.folder / park_id) for park_id in self.parks)

    def __len__(self) -> int:
        return len(self.parks)

    def table(self, name: str, parks: Iterable[str] | None = None) -> pd.DataFrame:
        """Read one of the CSV tables of some parks, one below the other; of all parks by default.

        Parameters
        ----------
        name : str
            ``pathways``, ``inventory``, ``levers``, ... without its ending.
        parks : iterable of str, optional
        """
        import pandas as pd

        return pd.concat([self[park].table(name) for park in self._chosen(parks)], ignore_index=True)

    def members(
        self,
        parks: Iterable[str] | None = None,
        scenarios: Sequence[str] | None = None,
        columns: Sequence[str | int] | None = None,
        where: Sequence[tables.Condition] = (),
    ) -> Members:
        """Select members of some parks, park by park, or in one frame by ``.frame()``; of all parks by default.

        Parameters
        ----------
        parks, scenarios : iterables of str, optional
        columns : sequence of str or int, optional
            Columns of `pathway_models.runs.tables`; a year is the total of that year. Only they are read.
        where : sequence of (column, operator, value)
            Conditions that all hold, e.g. ``("year_of_maximum", ">=", 2030)``; other rows are not given.
        """
        return Members(self, self._chosen(parks), scenarios, columns, where)

    def _chosen(self, parks: Iterable[str] | None) -> tuple[str, ...]:
        chosen = self.parks if parks is None else (parks,) if isinstance(parks, str) else tuple(parks)
        self._check(chosen)
        return chosen

    def _check(self, parks: Iterable[str]) -> None:
        ended = dict(zip(self.status["park_id"], self.status["status"], strict=True))
        faults = [
            Fault(
                self.folder.name,
                "park",
                park,
                f"a park that came out, not one that {ended[park]}" if park in ended else "a park of this run",
                "see its status.csv",
                code="park_not_in_run",
            )
            for park in parks
            if park not in self.parks
        ]
        if faults:
            raise InputError(faults)

    def __repr__(self) -> str:
        counts = self.status["status"].value_counts().sort_index()
        ends = ", ".join(f"{count} {status}" for status, count in counts.items())
        given = self.record["parameters"]
        asked = ", ".join(f"{name} {given[name]}" for name in ("members", "seed", "until") if name in given)
        shown = ", ".join(self.parks[:4]) + (f", ... {self.parks[-1]}" if len(self.parks) > 5 else "")
        return (
            f"<StoredRun {self.folder.name}: {len(self.status)} parks ({ends}); {asked}\n"
            f"  scenarios: {', '.join(given.get('scenarios', ()))}\n"
            f"  parks: {shown}>"
        )


class Members:
    """Members of some parks, opened one park after the other."""

    def __init__(
        self,
        run: StoredRun,
        parks: tuple[str, ...],
        scenarios: Sequence[str] | None,
        columns: Sequence[str | int] | None,
        where: Sequence[tables.Condition],
    ) -> None:
        self.run, self.parks, self._asked = run, parks, (scenarios, columns, where)

    def __iter__(self) -> Iterator[tuple[str, pd.DataFrame]]:
        for park_id in self.parks:
            yield park_id, self.run[park_id].members(*self._asked)

    def __len__(self) -> int:
        return len(self.parks)

    def frame(self) -> pd.DataFrame:
        """Read all of them into one frame, ``park_id`` first."""
        import pandas as pd

        frames = []
        for park_id, frame in self:
            frame.insert(0, "park_id", pd.Categorical.from_codes([0] * len(frame), [park_id]))
            frames.append(frame)
        together = pd.concat(frames, ignore_index=True) if len(frames) != 1 else frames[0]
        return together.astype({"park_id": pd.CategoricalDtype(list(self.parks))})

    def __repr__(self) -> str:
        return f"<Members of {len(self.parks)} parks of {self.run.folder.name}; iterate park by park, or .frame()>"


class StoredPark:
    """One park of a run on disk."""

    def __init__(self, folder: Path) -> None:
        self.folder, self.park_id = folder, folder.name

    @property
    def tables(self) -> tuple[str, ...]:
        """Names of its CSV tables."""
        return tuple(sorted(path.stem for path in self.folder.glob("*.csv")))

    def table(self, name: str) -> pd.DataFrame:
        """Read one of its CSV tables.

        Raises
        ------
        InputError
            There is no such table.
        """
        import pandas as pd

        path = self.folder / f"{name}.csv"
        if not path.is_file():
            expected = f"one of {', '.join(self.tables)}" if self.tables else "the tables of a park that came out"
            raise InputError([Fault(self.park_id, "table", name, expected, "run the park again", code="no_table")])
        with tables.whole(path):
            return pd.read_csv(path, encoding="utf-8-sig")

    def members(
        self,
        scenarios: Sequence[str] | None = None,
        columns: Sequence[str | int] | None = None,
        where: Sequence[tables.Condition] = (),
    ) -> pd.DataFrame:
        """Read its members, one row a scenario and member; arguments as of `StoredRun.members`.

        Raises
        ------
        InputError
            Its members were not kept or cannot be read, or a scenario or column is not there.
        """
        return tables.read_members(self.folder / tables.MEMBERS, scenarios, columns, where)

    def __repr__(self) -> str:
        kept = "with members" if (self.folder / tables.MEMBERS).is_file() else "members not kept"
        return f"<StoredPark {self.park_id}: {', '.join(self.tables)}; {kept}>"
