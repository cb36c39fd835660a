"""One park of a run: what a worker is told, and how it ended."""

from __future__ import annotations

from dataclasses import asdict, dataclass, field
from pathlib import Path

from pathway_models.core.files import PARK_NOTEBOOK

#: Statuses of parks whose results are there.
CAME_OUT = ("done", "unchanged")


@dataclass(frozen=True)
class Outcome:
    """How one park's run ended.

    Parameters
    ----------
    status : {"done", "unchanged", "failed", "refused", "cancelled"}
    cause : str
        One line: what went wrong and where; empty when done.
    """

    park_id: str
    status: str
    seconds: float
    cause: str = ""

    @property
    def came_out(self) -> bool:
        """Whether the park's results are there."""
        return self.status in CAME_OUT


@dataclass(frozen=True)
class Job:
    """What a worker is told: one park, and how to run it.

    Parameters
    ----------
    park_id : str
    folder : str
        Folder of the run.
    parameters : dict
        Of the notebook, without ``out``.
    key : str
        Hash of everything the results rest on.
    engine : str
        Name of a papermill engine.
    timeout : int
        Seconds one cell may take.
    memory : int
        Largest address space of a forked notebook, bytes; 0 for no limit.
    """

    park_id: str
    folder: str
    parameters: dict[str, object]
    key: str = ""
    engine: str = "pathways-kernel"
    timeout: int = 600
    memory: int = 0
    notebook: str = str(PARK_NOTEBOOK)
    basis: dict[str, object] = field(default_factory=dict)

    def record(self) -> dict[str, object]:
        """The job as JSON."""
        return asdict(self)


def park_id_of(park: str) -> str:
    """Folder name of a park given by id or by path."""
    return Path(park).stem if park.endswith((".csv", ".xlsx")) else park
