"""Parks that go wrong in every way a machine knows, until a file switches their faults off."""

import signal
import subprocess
import sys
import time
from contextlib import contextmanager
from pathlib import Path

from small_runs import make_notebook, make_parks

from pathway_models.runs.folders import LOCK

#: What the notebook does for parks whose name begins with the word, and what becomes of them.
FAULTS = {
    "raise": ("raise ValueError('injected')", "failed"),
    "loop": ("while True:\n        pass", "failed"),
    "exit": ("os._exit(3)", "failed"),
    "memory": ("held = bytearray(16 * 2**30)", "failed"),
    "kill": ("os.kill(os.getpid(), signal.SIGKILL)", "failed"),
    "segfault": ("ctypes.string_at(0)", "failed"),
    "disk": ("resource.setrlimit(resource.RLIMIT_FSIZE, (64, 64))", "failed"),
    "quit": ("get_ipython().ask_exit()", "failed"),
    "fine": ("pass", "done"),
    "unreadable": ("pass", "refused"),
}
#: Seconds a cell may take, and GB a notebook: small, so that loops and blow-ups end soon.
SECONDS, MEMORY = 3, 6


def make_campaign(folder, count):
    """Parks of every kind in turn, the notebook that faults, and tables of which some cannot be read."""
    kinds = [list(FAULTS)[at % len(FAULTS)] for at in range(count)]
    parks = make_parks(folder / "parks", [f"{kind}-{at:02d}" for at, kind in enumerate(kinds)])
    branches = [
        f"    if kind == {kind!r}:\n        {code.replace(chr(10), chr(10) + '    ')}"
        for kind, (code, _) in FAULTS.items()
    ]
    fault = "\n".join(
        [
            "import ctypes, os, resource, signal",
            "signal.signal(signal.SIGXFSZ, signal.SIG_IGN)",
            "kind = the_park.park_id.split('-')[0]",
            f"if not os.path.exists({str(folder / 'faults-off')!r}):",
            *branches,
        ]
    )
    notebook = make_notebook(folder / "faulting.ipynb", fault)
    for park in parks:
        if Path(park).stem.startswith("unreadable"):
            table = Path(park)
            table.with_suffix(".sound").write_bytes(table.read_bytes())
            table.write_bytes(b"\xff\xfe not a table")
    return parks, notebook


def mend(folder):
    """Switch the faults off, and give the unreadable tables back."""
    (folder / "faults-off").touch()
    for sound in (folder / "parks").glob("*.sound"):
        sound.replace(sound.with_suffix(".csv"))


def command(parks, notebook, out, *more):
    """The command line of a run."""
    start = [sys.executable, "-m", "pathway_models", "run", *parks]
    limits = ["--timeout", str(SECONDS), "--memory", str(MEMORY), "--members", "1", "--until", "2040", "--seed", "1"]
    return [*start, "--notebook", str(notebook), "--out", str(out), "--workers", "2", *limits, *more]


def stopped_after(seconds, words, number=signal.SIGINT):
    """Start a run and interrupt it; return its exit code and what it said on standard error."""
    with subprocess.Popen(words, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True) as process:
        try:
            process.wait(seconds)
        except subprocess.TimeoutExpired:
            process.send_signal(number)
        _, errors = process.communicate(timeout=120)
    return process.returncode, errors


def stopped_at(moment, out, words):
    """Start a run and interrupt it once something of a name is in its folder; return what it said on standard error."""
    with subprocess.Popen(words, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True) as process:
        # A lock that is still empty is not held yet; a park's folder is there or has become another.
        while process.poll() is None and not any(path.name != LOCK or path.read_bytes() for path in out.glob(moment)):
            time.sleep(0.01)
        process.send_signal(signal.SIGINT)
        _, errors = process.communicate(timeout=120)
    return errors


def half_written(out):
    """What should never be seen: unfinished folders, folders without a record, a lock nobody holds."""
    found = [path.name for path in Path(out).iterdir() if path.name.startswith(".") or path.name.endswith(".partial")]
    return found + [path.name for path in Path(out).iterdir() if path.is_dir() and not (path / "record.json").is_file()]


@contextmanager
def held(process, out):
    """Let a run take its folder, and hold it there: however busy the machine, it is not done before the block is."""
    for _ in range(1200):
        lock = Path(out, LOCK)
        if lock.exists() and lock.read_bytes():
            break
        time.sleep(0.05)
    else:
        raise AssertionError(f"no run has begun in {out}")
    process.send_signal(signal.SIGSTOP)
    try:
        yield
    finally:
        process.send_signal(signal.SIGCONT)
