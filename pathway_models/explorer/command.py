"""``pathways explore``: the levers of a park as sliders in a browser, served to this machine only."""

import json
import os
import secrets
import signal
import socket
import subprocess
import sys
import tempfile
import threading
from importlib.util import find_spec
from pathlib import Path
from typing import IO

import click
from click.core import ParameterSource

from pathway_models.cli import Interruption
from pathway_models.console.common_options import PARK, as_of_option, data_option, lever_file_option
from pathway_models.core import files, present_year
from pathway_models.explorer.files import newest_run, read_run

#: Folder with our page template, at the path where the server looks for templates.
PAGE = files.PACKAGE_FOLDER / "explorer" / "page"
LOOPBACK = "127.0.0.1"
#: Only scripts of the server itself run, and the page connects to no other host; widgets set inline styles.
POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self' 'unsafe-inline'; img-src 'self' data: blob:;"
    " font-src 'self' data:; connect-src 'self'; base-uri 'none'; form-action 'self'; frame-ancestors 'none'"
)


#: Seconds until a kernel without a page is stopped, and that a server has to stop.
IDLE, PATIENCE = 60, 10


@click.command("explore")
@click.argument("park", type=PARK, default="demo-steel")
@data_option
@click.option("--save-to", type=click.Path(path_type=Path, dir_okay=False), default="my_scenarios.yml",
              show_default=True, help="File that scenarios are saved to and found in again.")  # fmt: skip
@lever_file_option
@as_of_option
@click.option("--before", type=click.IntRange(2025, 2050), default=2030, show_default=True)
@click.option("--probability", type=click.FloatRange(0.5, 0.95), default=0.7, show_default=True)
@click.option("--members", type=click.IntRange(min=1), default=500, show_default=True)
@click.option(
    "--run",
    type=click.Path(path_type=Path, file_okay=False),
    help="Folder of a run to open on; the newest in results/ that has the park, by default.",
)
@click.option("--allow-background", is_flag=True, help="Pollutants by factors that are background knowledge too.")
@click.option("--lang", type=click.Choice(["en", "zh"]), default="en", show_default=True)
@click.option("--port", type=click.IntRange(0, 65535), default=0, help="0, the default, takes a free one.")
@click.option("--no-browser", is_flag=True, help="Only print the address.")
@click.pass_context
def explore_command(
    ctx: click.Context,
    park: str,
    save_to: Path,
    lever_file: str | None,
    port: int,
    no_browser: bool,
    run: Path | None,
    **wishes: object,
) -> None:
    """Move a park's levers in the browser and see its peak move; scenarios can be saved and run.

    Opens on a run's own members, years and answer where there is a run, unless told others (docs/explorer.md).

    PARK is an id of the register ('pathways list') or the path of a table.  The page answers on this machine
    only, to whoever knows the token in its address.  Ctrl-C ends it.
    """
    if find_spec("voila") is None or find_spec("ipywidgets") is None:
        raise click.UsageError('the explorer needs two more packages: pip install "pathway_models[app]"')
    park = _readable(park)
    port, token = port or _free_port(), secrets.token_urlsafe(24)
    run = _run(ctx, park, run)
    wishes |= {"run": str(run) if run else None}
    wishes |= {"park": park, "scenario_file": str(save_to.absolute()), "as_of": present_year()}
    wishes["lever_file"] = _sound(lever_file)
    click.echo(f"http://{LOOPBACK}:{port}/?token={token}")
    if run:
        click.echo(f"run: {run}", err=True)
    with tempfile.TemporaryDirectory(prefix="pathways-explore-") as settings:
        env = _environment(Path(settings), token) | {"PATHWAYS_EXPLORE": json.dumps(wishes)}
        command = [
            sys.executable,
            "-m",
            "voila",
            str(files.EXPLORER_NOTEBOOK),
            f"--Voila.ip={LOOPBACK}",
            f"--port={port}",
        ]
        command += ["--template=pathways", "--Voila.log_level=40", *(["--no-browser"] if no_browser else [])]
        with subprocess.Popen(command, env=env, stderr=subprocess.PIPE) as server:
            is_ending = threading.Event()
            threading.Thread(target=_pass_on, args=(server.stderr, is_ending), daemon=True).start()
            try:
                sys.exit(server.wait())
            except KeyboardInterrupt as error:
                is_ending.set()
                _end(server)
                if error.args and error.args[0] != signal.SIGINT:  # Ctrl-C is the usual end
                    raise
                if isinstance(error, Interruption):
                    error.is_taken = True
                sys.exit(0)


def _pass_on(lines: IO[bytes], is_ending: threading.Event) -> None:
    """Print the server's output until it stops; the long messages of kernels interrupted while starting are dropped."""
    for line in lines:
        if not is_ending.is_set():
            sys.stderr.buffer.write(line)
            sys.stderr.flush()


def _end(server: subprocess.Popen[bytes]) -> None:
    """Let the server stop its kernels first; kill it where it does not."""
    server.terminate()
    try:
        server.wait(PATIENCE)
    except subprocess.TimeoutExpired:
        server.kill()


def _run(ctx: click.Context, park: str, given: Path | None) -> str | None:
    """Find the run to open on: the one given, else the newest, unless members or years are asked for."""
    if given:
        read_run(given)  # so that faults appear here and not inside a page
        return str(given.absolute())
    asked = (ctx.get_parameter_source(name) for name in ("members", "before", "as_of"))
    if any(source not in (None, ParameterSource.DEFAULT) for source in asked):
        return None
    found = newest_run(park)
    return str(found.absolute()) if found else None


def _environment(settings: Path, token: str) -> dict[str, str]:
    """Return the environment of the server: its token, our page, quiet kernels.

    The token is passed in a file that only this user can read: every user of the machine can see a command line.
    """
    headers = {"headers": {"Content-Security-Policy": POLICY}}
    # The cookie expires with the browser and is not sent by other pages; kernels of closed pages stop.
    cookie = {"samesite": "Strict", "expires_days": None}
    culling = {"cull_idle_timeout": IDLE, "cull_interval": 30, "cull_connected": False}
    said = {
        "Voila": {
            "token": token,
            "tornado_settings": headers | {"cookie_options": cookie},
            # A refused request is logged in one line, without its traceback.
            "logging_config": {"loggers": {"tornado.general": {"level": "ERROR"}}},
        },
        "IdentityProvider": {"cookie_options": cookie},
        "MappingKernelManager": culling,
        "VoilaKernelManager": culling,
    }
    (settings / "voila.json").write_text(json.dumps(said), encoding="utf-8")
    profile = settings / "ipython" / "profile_default"
    profile.mkdir(parents=True)
    (profile / "ipython_kernel_config.py").write_text("c.IPKernelApp.log_level = 40\n", encoding="utf-8")
    env = {**os.environ, "PYTHONUTF8": "1", "IPYTHONDIR": str(settings / "ipython")}
    env["JUPYTER_RUNTIME_DIR"] = str(settings / "runtime")  # connection files of kernels are removed with this folder
    env |= dict.fromkeys(("TMPDIR", "TEMP", "TMP"), str(settings))  # and so are temporary files of the server
    env.pop("MPLBACKEND", None)
    for name, folder in (("JUPYTER_CONFIG_PATH", settings), ("JUPYTER_PATH", PAGE)):
        env[name] = os.pathsep.join([str(folder), *filter(None, [os.environ.get(name)])])
    return env


def _readable(park: str) -> str:
    """Read a park's table once here, so that faults appear in the terminal and not inside a page."""
    from pathway_models.intake import parks, register

    parks.read_park(park)
    return register.name_anywhere(park)


def _sound(lever_file: str | None) -> str:
    """Read a file of levers once here, for the same reason; return its path."""
    from pathway_models.intake.library import read_levers

    if lever_file:
        read_levers(lever_file)
    return os.path.abspath(lever_file) if lever_file else ""


def _free_port() -> int:
    with socket.socket() as found:
        found.bind((LOOPBACK, 0))
        return int(found.getsockname()[1])
