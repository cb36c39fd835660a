"""A warm worker: takes jobs over a connection, one at a time, and says how each ended."""

from __future__ import annotations

import json
from dataclasses import asdict
from multiprocessing.connection import Connection

from pathway_models.running.execution import ORPHANED, Job, Outcome, run_park
from pathway_models.running.forking import ParentGoneError


def serve_parks(connection: Connection) -> None:
    """Run every park asked for until the connection is closed, or nobody is left to fork children for notebooks.

    Parameters
    ----------
    connection : Connection
        Brings jobs as JSON; takes outcomes as JSON.
    """
    while True:
        try:
            job = Job(**json.loads(connection.recv_bytes()))
        except EOFError:
            return
        try:
            outcome = run_park(job)
        except ParentGoneError as error:
            outcome = Outcome(job.park_id, ORPHANED, 0.0, str(error))
        connection.send_bytes(json.dumps(asdict(outcome)).encode())
        if outcome.status == ORPHANED:
            return


def serve_calls(connection: Connection) -> None:
    """Call one function of the package, ``module:function``, and send back what it returned or raised."""
    from importlib import import_module
    from pickle import dumps

    name, arguments = connection.recv()
    module, _, attribute = name.partition(":")
    try:
        answer = (True, getattr(import_module(module), attribute)(*arguments))
    except Exception as error:
        answer = (False, error)
    connection.send_bytes(dumps(answer))
