"""Folders of a run: park folders written atomically, one run at a time, URLs as folders.

Jobs and outcomes: one park of a run as a worker receives and returns it.
"""

import contextlib
import os
import shutil
import socket
import tempfile
from collections.abc import Iterator
from dataclasses import asdict, dataclass, field
from os import open as descriptor_of
from pathlib import Path

from pathway_models.core import BatchError, files

#: Statuses of parks that have results.
CAME_OUT = ("done", "unchanged")


@dataclass(frozen=True)
class Outcome:
    """Result of running one park.

    Parameters
    ----------
    status : {"done", "unchanged", "failed", "refused", "cancelled"}
    cause : str
        Error and place in one line; empty when done.
    """

    park_id: str
    status: str
    seconds: float
    cause: str = ""

    @property
    def came_out(self) -> bool:
        """True when the park has results."""
        return self.status in CAME_OUT


@dataclass(frozen=True)
class Job:
    """Order to a worker: one park, and how to run it.

    Parameters
    ----------
    park_id : str
    folder : str
        Folder of the run.
    parameters : dict
        Of the notebook, without ``out``.
    key : str
        Hash of everything the results depend on.
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
    notebook: str = str(files.PARK_NOTEBOOK)
    basis: dict[str, object] = field(default_factory=dict)

    def record(self) -> dict[str, object]:
        """Return the job as JSON content."""
        return asdict(self)


def park_id_of(park: str) -> str:
    """Derive the folder name of a park given by id or by path."""
    return Path(park).stem if park.endswith((".csv", ".xlsx")) else park


LOCK = ".lock"
#: Files of a run beside its parks' folders.
RUN_FILES = ("run.json", "status.csv", "summary.csv", "index.html")


def park_folder(folder: Path, park_id: str) -> Path:
    """Locate a park's results."""
    return folder / park_id


def partial_folder(folder: Path, park_id: str) -> Path:
    """Locate the folder in which a park's results are made."""
    return folder / f".{park_id}.partial"


def _old_folder(folder: Path, park_id: str) -> Path:
    return folder / f".{park_id}.old"


def remove(path: Path) -> None:
    """Remove a file or a folder, if it exists."""
    if path.is_dir() and not path.is_symlink():
        shutil.rmtree(path, ignore_errors=True)
    else:
        path.unlink(missing_ok=True)


def publish(folder: Path, park_id: str) -> None:
    """Move a park's finished folder into place: flushed to disk first, then renamed."""
    partial, final, old = (place(folder, park_id) for place in (partial_folder, park_folder, _old_folder))
    for path in sorted(partial.rglob("*")):
        if path.is_file():
            _to_disk(path)
    _to_disk(partial)
    remove(old)
    with contextlib.suppress(FileNotFoundError):
        final.rename(old)
    partial.rename(final)
    _to_disk(folder)
    remove(old)


def _to_disk(path: Path) -> None:
    """Flush a file, or the names in a folder, to disk."""
    if path.is_dir() and os.name == "nt":  # Windows cannot flush a folder
        return
    handle = descriptor_of(path, os.O_RDONLY if os.name != "nt" else os.O_RDWR)
    try:
        with contextlib.suppress(OSError):  # some network file systems cannot flush
            os.fsync(handle)
    finally:
        os.close(handle)


def tidy(folder: Path) -> None:
    """Clean up after an interrupted run: restore folders that were being replaced, remove unfinished ones."""
    for old in folder.glob(".*.old"):
        final = folder / old.name[1 : -len(".old")]
        if final.exists():
            remove(old)
        else:
            old.rename(final)
    for partial in [*folder.glob(".*.partial"), *folder.glob("*.partial")]:
        remove(partial)


@contextlib.contextmanager
def locked(folder: Path) -> Iterator[None]:
    """Lock a run's folder; the system releases the lock when the process ends, however it ends.

    Raises
    ------
    BatchError
        Another run is writing into the folder.
    """
    folder.mkdir(parents=True, exist_ok=True)
    path = folder / LOCK
    while True:
        handle = descriptor_of(path, os.O_RDWR | os.O_CREAT, 0o644)
        try:
            _lock(handle)
        except OSError:
            holder = os.read(handle, 200).decode("utf-8", "replace").strip()
            os.close(handle)
            raise BatchError(
                f"{folder}: another run is writing here ({holder}); wait, or choose another --out"
            ) from None
        # The previous holder may have removed the file while this process waited for it.
        with contextlib.suppress(FileNotFoundError):
            if os.path.samestat(os.fstat(handle), os.stat(path)):
                break
        os.close(handle)
    try:
        os.ftruncate(handle, 0)
        os.write(handle, f"process {os.getpid()} on {socket.gethostname()}\n".encode())
        yield
    finally:
        if os.name == "nt":
            os.close(handle)
            with contextlib.suppress(OSError):
                path.unlink()
        else:
            path.unlink(missing_ok=True)
            os.close(handle)
        with contextlib.suppress(OSError):  # no empty folder stays behind
            folder.rmdir()


def _lock(handle: int) -> None:
    try:
        import fcntl
    except ImportError:
        import msvcrt

        os.lseek(handle, 0, os.SEEK_SET)
        msvcrt.locking(handle, msvcrt.LK_NBLCK, 1)
    else:
        fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)


class RunFolder:
    """Folder for a run's results, or a local stand-in for one behind an fsspec URL.

    Parameters
    ----------
    out : str or Path
        Path of a folder, or a URL such as ``file:///shared/run``, ``memory://run``, ``s3://bucket/run``.
    """

    def __init__(self, out: str | Path) -> None:
        self.shown = str(out)
        self._system, self._root, self._temporary = None, "", None
        if "://" not in self.shown:
            self.folder = Path(out)
            return
        try:
            import fsspec
        except ImportError:
            raise BatchError("--out with a URL needs the package fsspec: install pathway_models[dask]") from None
        try:
            self._system, self._root = fsspec.core.url_to_fs(self.shown)
        except (ValueError, ImportError) as error:
            raise BatchError(f"--out {self.shown}: {error}") from None
        self._temporary = tempfile.TemporaryDirectory(prefix="pathways-")
        self.folder = Path(self._temporary.name) / Path(self._root).name
        self._fetch()

    def _fetch(self) -> None:
        """Download the results of an earlier run, so that unchanged parks need not be run again."""
        with contextlib.suppress(FileNotFoundError):
            self._system.get(f"{self._root}/", f"{self.folder}/", recursive=True)
        tidy(self.folder)

    def publish(self, park_id: str) -> None:
        """Move a park's finished folder into place, and upload it."""
        publish(self.folder, park_id)
        if self._system is not None:
            target = f"{self._root}/{park_id}"
            with contextlib.suppress(FileNotFoundError):
                self._system.rm(target, recursive=True)
            # Folders behind a URL cannot be renamed: one without a record does not count.
            paths = sorted(park_folder(self.folder, park_id).iterdir(), key=lambda path: path.name == "record.json")
            for path in paths:
                self._send(path, f"{target}/{path.name}")

    def finish(self) -> str:
        """Upload the run's own files; return the location of its page."""
        if self._system is None:
            return str(self.folder / "index.html")
        for name in RUN_FILES:
            if (self.folder / name).is_file():
                self._send(self.folder / name, f"{self._root}/{name}")
        return f"{self.shown.rstrip('/')}/index.html"

    def _send(self, path: Path, target: str) -> None:
        self._system.makedirs(target.rpartition("/")[0], exist_ok=True)
        self._system.put_file(str(path), target)

    def close(self) -> None:
        """Remove the local stand-in for the URL."""
        if self._temporary is not None:
            self._temporary.cleanup()
