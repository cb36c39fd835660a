"""A notebook run in a forked child gives the outputs of an ordinary kernel, cell by cell, and keeps its failures."""

import os
import re
import subprocess
import sys
import time
from pathlib import Path

import nbformat
import papermill
import pytest
from nbformat.v4 import new_code_cell, new_markdown_cell, new_notebook
from papermill.exceptions import PapermillExecutionError

from pathway_models.batch import fork_server
from pathway_models.batch.fork_client import CELLS as SERVER_OF_CELLS
from pathway_models.batch.fork_client import shared_server
from pathway_models.batch.forked_engine import FORKED, ORDINARY, register

pytestmark = pytest.mark.slow

register()
ROOT = Path(__file__).resolve().parents[2]
QUIET = ["--IPKernelApp.log_level=50"]
KERNEL = {"display_name": "Python 3", "language": "python", "name": "python3"}
#: What differs between two runs of any kernel: addresses, colours' codes, names of temporary files, durations.
PASSING = re.compile(
    r"\b0x[0-9a-f]+\b|ipykernel_\d+/\d+\.py|\b\d+(\.\d+)? (µs|us|ms|ns|s)\b|T_[0-9a-f]{5}|\b[0-9a-f]{32}\b"
)

CELLS = {
    "print and value": "print('one')\n'two'",
    "display": "from IPython.display import HTML, Markdown, display\ndisplay(1, 'two', {'three': 3})",
    "rich": "display(Markdown('**bold**'))\nHTML('<b>bold</b>')",
    "table": "import pandas as pd\npd.DataFrame({f'column {at}': range(80) for at in range(30)})",
    "styled": "pd.DataFrame({'a': [1.0]}).style.format('{:.3f}')",
    "figure": "import matplotlib.pyplot as plt\nplt.plot([1, 2])\nplt.show()",
    "figures left open": "plt.plot([1, 2])\nplt.figure()\nplt.plot([2, 1]);",
    "figure as value": "figure, ax = plt.subplots()\nplt.close(figure)\nfigure",
    "settings": "sorted((key, str(value)) for key, value in plt.rcParams.items() if key != 'backend')",
    "order": "import sys\nprint('out')\nprint('err', file=sys.stderr)\nprint('more')\ndisplay('shown')\nprint('end')",
    "warning": "import warnings\nwarnings.warn('careful')\nwarnings.warn('old', DeprecationWarning)",
    "deprecated twice": "for _ in range(2):\n    warnings.warn('twice', FutureWarning)",
    "unicode": "print('园区碳达峰 ✓ \\udc80')",
    # An ordinary kernel reads what comes from below in a thread of its own, which may be late.
    "subprocess": "import subprocess, time\n"
    "done = subprocess.run(['echo', 'from below'])\ntime.sleep(0.5)\nprint(done.returncode)",
    "descriptor": "import os\nwritten = os.write(1, b'raw\\n')",
    "shell": "!echo from the shell\nwords = !echo 1 2\nwords",
    "magic": "%pwd\n%matplotlib inline\nget_ipython().run_line_magic('precision', '3')",
    "cell magic": "%%capture caught\nprint('kept away')",
    "captured": "caught.stdout",
    "await": "import asyncio\nawait asyncio.sleep(0, 'awaited')",
    "running loop": "asyncio.get_running_loop().is_running()",
    "task": "task = asyncio.create_task(asyncio.sleep(0, 'done'))\nawait task",
    "update": "handle = display('before', display_id=True)\nhandle.update('after')",
    "update an earlier cell": "handle.update('later still')",
    "clear": "from IPython.display import clear_output\nprint('gone')\nclear_output()\nprint('stays')",
    "clear at the next": "print('replaced')\nclear_output(wait=True)\nprint('instead')",
    "history": "In[1], Out[1], _i1",
    "main": "__name__, 'ipykernel' in sys.modules, sys.stdout.isatty(), type(get_ipython()).__name__",
    "class": "class Thing:\n    pass\nimport pickle\ntype(pickle.loads(pickle.dumps(Thing()))).__module__",
    "thread": "import threading\nt = threading.Thread(target=print, args=('from a thread',))\nt.start()\nt.join()",
    "several processes": (
        "from multiprocessing import get_context\nwith get_context('fork').Pool(1) as pool:\n"
        "    print(pool.map(abs, [-1]))"
    ),
    "empty": "",
    "raises and is meant to": "{}['missing']",
    "last": "def f():\n    raise ValueError('at the end')\nprint('before the end')\nf()",
}


def notebook_of(cells):
    made = [new_code_cell(text, id=f"cell-{at:02d}") for at, text in enumerate(cells)]
    return new_notebook(cells=[new_markdown_cell("# Title", id="title"), *made], metadata={"kernelspec": KERNEL})


def run(cells, folder, engine=FORKED, **options):
    """Run a notebook; return it with the exception papermill raised."""
    source, target = folder / "in.ipynb", folder / f"{engine}.ipynb"
    nbformat.write(cells if isinstance(cells, dict) else notebook_of(cells), source)
    error = None
    try:
        papermill.execute_notebook(source, target, engine_name=engine, progress_bar=False, cwd=folder, **options)
    except PapermillExecutionError as raised:
        error = raised
    return nbformat.read(target, as_version=4), error


def outputs_of(cell):
    """Outputs without what passes; neighbouring texts of one stream are one text, whenever they were flushed."""
    kept = []
    for output in cell.get("outputs", []):
        output = {key: value for key, value in output.items() if key != "id"}
        if kept and output["output_type"] == "stream" and kept[-1].get("name") == output["name"]:
            kept[-1]["text"] += output["text"]
        else:
            kept.append(output)
    return PASSING.sub("~", str(kept))


def is_gone(pid):
    """Wait for the end of a process, of which an entry may stay until its new parent takes note."""
    for _ in range(100):
        try:
            state = Path(f"/proc/{pid}/stat").read_text(encoding="ascii").rsplit(")", 1)[1].split()[0]
        except OSError:
            return True
        if state == "Z":
            return True
        time.sleep(0.05)
    return False


@pytest.fixture(scope="module")
def both(tmp_path_factory):
    folder = tmp_path_factory.mktemp("both")
    notebook = notebook_of(CELLS.values())
    for cell, name in zip(notebook.cells[1:], CELLS, strict=True):
        if name == "raises and is meant to":
            cell.metadata["tags"] = ["raises-exception"]
    with pytest.MonkeyPatch.context() as patch:
        # Kernels do not catch what subprocesses print when they believe to be tested themselves.
        patch.delenv("PYTEST_CURRENT_TEST")
        patch.delenv("MPLBACKEND", raising=False)
        return run(notebook, folder), run(notebook, folder, ORDINARY, extra_arguments=QUIET)


@pytest.mark.parametrize("name", CELLS)
def test_each_cell_has_the_outputs_of_an_ordinary_kernel(both, name):
    # papermill puts its banner first and another cell before the one that failed.
    at = 2 + list(CELLS).index(name) + (name == "last")
    (forked, _), (ordinary, _) = both
    assert forked.cells[at].source == ordinary.cells[at].source == CELLS[name]
    assert outputs_of(forked.cells[at]) == outputs_of(ordinary.cells[at])
    assert forked.cells[at].execution_count == ordinary.cells[at].execution_count


def test_the_failure_and_papermills_record_of_it_are_the_same(both):
    (forked, error), (ordinary, other) = both
    assert (error.ename, error.evalue, error.exec_count) == (other.ename, other.evalue, other.exec_count)
    assert "papermill-error-cell" in forked.cells[0].source
    assert [set(cell.metadata.get("papermill", {})) for cell in forked.cells] == [
        set(cell.metadata.get("papermill", {})) for cell in ordinary.cells
    ]
    assert [cell.metadata.papermill.status for cell in forked.cells if "papermill" in cell.metadata] == [
        cell.metadata.papermill.status for cell in ordinary.cells if "papermill" in cell.metadata
    ]
    assert forked.metadata.language_info == ordinary.metadata.language_info
    assert set(forked.cells[3].metadata.execution) == set(ordinary.cells[3].metadata.execution)


def test_a_cell_that_takes_too_long_is_ended_and_says_where_it_was(tmp_path):
    cells = ["print('begun')", "import time\nprint('here')\ntime.sleep(600)", "print('never')"]
    notebook, error = run(cells, tmp_path, execution_timeout=1)
    assert error.ename == "CellTimeoutError"
    assert "papermill-error-cell" in notebook.cells[0].source
    failed = notebook.cells[4]
    assert failed.outputs[0].text == "here\n"
    assert "line 3" in failed.outputs[-1].evalue
    assert notebook.cells[5].outputs == []


@pytest.mark.parametrize(
    ("code", "how"),
    [
        ("os._exit(7)", "exit code 7"),
        ("os.kill(os.getpid(), 9)", "SIGKILL"),
        ("import ctypes; ctypes.string_at(0)", "SIGSEGV"),
    ],
)
def test_a_child_that_dies_leaves_its_last_words_and_a_banner(tmp_path, code, how):
    notebook, error = run(["import os", f"print('last words')\n{code}"], tmp_path)
    assert error.ename == "DeadKernelError"
    assert how in error.evalue
    assert "papermill-error-cell" in notebook.cells[0].source
    assert notebook.cells[4].outputs[0].text == "last words\n"
    assert notebook.cells[4].metadata.papermill.status == "failed"


def test_memory_can_be_limited(tmp_path):
    _, error = run(["held = bytearray(4 * 2**30)", "1"], tmp_path, memory=3 * 2**30)
    assert error.ename == "MemoryError"


def test_nothing_leaks_from_one_notebook_into_the_next(tmp_path):
    spoil = (
        "import builtins, os, sys\nimport matplotlib.pyplot as plt\nimport pandas as pd\n"
        "plt.rcParams['font.size'] = 99\npd.options.display.max_rows = 1\nbuiltins.spoilt = sys.spoilt = True\n"
        "os.environ['SPOILT'] = '1'\nos.chdir('/')\nplt.figure()"
    )
    look = (
        "import builtins, os, sys\nimport matplotlib.pyplot as plt, pandas as pd\n"
        "[plt.rcParams['font.size'], pd.options.display.max_rows, hasattr(builtins, 'spoilt'), hasattr(sys, 'spoilt'),"
        " os.environ.get('SPOILT'), os.getcwd() == '/', plt.get_fignums()]"
    )
    assert run([spoil], tmp_path)[1] is None
    notebook, _ = run([look], tmp_path)
    assert notebook.cells[1].outputs[0].data["text/plain"] == "[10.0, 60, False, False, None, False, []]"


def test_children_do_not_share_their_random_numbers(tmp_path):
    code = (
        "import random, uuid\nimport numpy as np\n(random.random(), np.random.rand(), np.random.default_rng().random())"
    )
    texts = [run([code], tmp_path)[0].cells[1].outputs[0].data["text/plain"] for _ in range(2)]
    first, second = ({number.strip(" ()") for number in text.split(",")} for text in texts)
    assert not first & second


def test_a_child_starts_with_one_thread_no_socket_of_a_kernel_and_no_file_of_the_server(tmp_path):
    code = (
        "import os, stat, zmq\nthreads = len(os.listdir('/proc/self/task'))\n"
        "kinds = {fd: os.readlink(f'/proc/self/fd/{fd}').split(':')[0] for fd in os.listdir('/proc/self/fd')"
        " if os.path.exists(f'/proc/self/fd/{fd}')}\n"
        "sockets = sum(kind == 'socket' for kind in kinds.values())\n"
        "threads, zmq.Context._instance, sockets, os.environ['OMP_NUM_THREADS']"
    )
    notebook, _ = run([code], tmp_path)
    # One socket is the way back; the pair beside it is the event loop's own.
    assert notebook.cells[1].outputs[0].data["text/plain"] == "(1, None, 3, '1')"


def test_what_a_cell_has_started_ends_with_it(tmp_path):
    code = "import subprocess\nprint(subprocess.Popen(['sleep', '600']).pid)"
    notebook, _ = run([code], tmp_path)
    pid = int(notebook.cells[1].outputs[0].text)
    assert is_gone(pid)


def test_a_notebook_of_another_kernel_is_left_to_that_kernel(tmp_path, monkeypatch):
    taken = []
    monkeypatch.setattr(
        "pathway_models.batch.forked_engine.OrdinaryEngine.execute_managed_notebook",
        classmethod(lambda cls, nb_man, kernel_name, **options: taken.append(kernel_name)),
    )
    run(["1"], tmp_path, kernel_name="another-kernel", language="python")
    monkeypatch.setattr("pathway_models.batch.fork_server.can_fork", lambda: False)
    run(["1"], tmp_path)
    assert taken == ["another-kernel", "python3"]


def test_a_server_with_threads_refuses_to_fork(monkeypatch):
    monkeypatch.setattr(fork_server, "count_threads", lambda: 2)
    with pytest.raises(RuntimeError, match="would not be safe"):
        fork_server.fork("", [])


THREADED = """
import threading
threading.Thread(target=threading.Event().wait, daemon=True).start()
"""


def test_where_an_import_starts_a_thread_notebooks_run_in_ordinary_kernels_and_the_run_says_so(tmp_path):
    (tmp_path / "sitecustomize.py").write_text(THREADED, encoding="utf-8")
    nbformat.write(notebook_of(["type(get_ipython().kernel).__name__"]), tmp_path / "in.ipynb")
    code = (
        "import papermill\nfrom pathway_models.batch.forked_engine import FORKED, register\nregister()\n"
        "papermill.execute_notebook('in.ipynb', 'out.ipynb', engine_name=FORKED, progress_bar=False)\n"
        "from pathway_models.batch import scheduling\nscheduling.in_kernels = lambda jobs, workers: jobs\n"
        "print(scheduling.local([], 1, 'fork'))"
    )
    environment = os.environ | {"PYTHONPATH": os.pathsep.join([str(tmp_path), os.environ.get("PYTHONPATH", "")])}
    ran = subprocess.run(
        [sys.executable, "-c", code], cwd=tmp_path, env=environment, capture_output=True, encoding="utf-8", timeout=120
    )
    assert ran.returncode == 0, ran.stderr
    assert ran.stdout.splitlines()[-1] == "[]"
    assert "notebooks run in ordinary kernels" in ran.stderr
    outputs = nbformat.read(tmp_path / "out.ipynb", as_version=4).cells[-1].outputs
    assert outputs[-1]["data"]["text/plain"] == "'IPythonKernel'"


def test_a_fork_server_is_started_again_when_the_data_are_others(monkeypatch, tmp_path):
    before = shared_server(SERVER_OF_CELLS)
    assert shared_server(SERVER_OF_CELLS) is before
    monkeypatch.setenv("PATHWAY_DATA", str(tmp_path))
    (tmp_path / "levers.yml").write_text("", encoding="utf-8")
    (tmp_path / "factors").mkdir()
    assert not before.is_usable()


def test_the_fork_server_and_its_children_end_with_the_client(tmp_path):
    code = (
        "import os, papermill\nfrom pathway_models.batch.fork_client import CELLS, shared_server\n"
        "from pathway_models.batch.forked_engine import Cells\n"
        "cells = Cells({'folder': '/'})\nprint(cells.child.pid, shared_server(CELLS).process.pid, flush=True)\n"
        "os.kill(os.getpid(), 9)"
    )
    told = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, check=False, cwd=tmp_path
    ).stdout
    assert [is_gone(int(pid)) for pid in told.split()] == [True, True]


@pytest.mark.parametrize("name", ["01_park_inventory", "02_park_pathways"])
def test_our_own_notebooks_have_the_same_outputs_under_both_engines(tmp_path, name):
    notebook = nbformat.read(ROOT / "notebooks" / f"{name}.ipynb", as_version=4)
    parameters = {"members": 20} if "members" in notebook.cells[1].source else {}
    with pytest.MonkeyPatch.context() as patch:
        patch.delenv("PYTEST_CURRENT_TEST")
        patch.delenv("MPLBACKEND", raising=False)
        forked, error = run(notebook, tmp_path, parameters=parameters)
        ordinary, other = run(notebook, tmp_path, ORDINARY, parameters=parameters, extra_arguments=QUIET)
    assert error is other is None
    assert list(map(outputs_of, forked.cells)) == list(map(outputs_of, ordinary.cells))
    assert sum(len(cell.get("outputs", [])) for cell in forked.cells) > 5
