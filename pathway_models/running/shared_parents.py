"""The warm parents of this process: started when first wanted, started again when the package has changed."""

from __future__ import annotations

import atexit
import os
import socket
import threading
from functools import cache
from importlib import import_module

from pathway_models.running.forking import Child, UnsafeForkError, WarmParent
from pathway_models.running.warming import WARMERS

_shared: dict[str, WarmParent] = {}
_sharing = threading.Lock()


def shared_parent(kind: str = "cells") -> WarmParent:
    """The warm parent of a kind; a new one where the package or its data have changed since."""
    with _sharing:
        if kind not in _shared or not _shared[kind].is_usable():
            _close(kind)
            _shared[kind] = WarmParent.start(kind)
        return _shared[kind]


@cache
def refusal(kind: str) -> UnsafeForkError | None:
    """Why a parent of a kind must not fork; waits until it is warm."""
    try:
        shared_parent(kind).wait()
    except UnsafeForkError as error:
        return error
    return None


def warm_up() -> None:
    """Start both parents, which warm up side by side."""
    for kind in WARMERS:
        shared_parent(kind)


def fork_worker() -> Child:
    """Fork a worker that runs parks; its notebooks run in children it asks the other parent for."""
    parks, cells = shared_parent("parks"), shared_parent("cells")
    descriptor = cells.introduce()
    try:
        worker = parks.fork(b"parks", descriptor)
    finally:
        os.close(descriptor)
    worker.relies_on = cells
    return worker


def retire(parent: WarmParent | None) -> None:
    """Take a parent that has died, or is about to, out of use: whoever wants one gets another."""
    with _sharing:
        for kind in [kind for kind, shared in _shared.items() if shared is parent]:
            _close(kind)


def adopt(descriptor: int) -> None:
    """Ask at a descriptor, from :meth:`WarmParent.introduce`, whenever this process wants cells run."""
    _shared["cells"] = WarmParent(socket.socket(fileno=descriptor))


def warm_call(kind: str, function: str, *arguments: object) -> object:
    """Call ``module:function`` where everything is imported already, if that is anywhere; here otherwise."""
    if kind in _shared and _shared[kind].is_usable():
        return _shared[kind].call(function, *arguments)
    module, _, attribute = function.partition(":")
    return getattr(import_module(module), attribute)(*arguments)


def close_shared_parents() -> None:
    """End the warm parents of this process, if there are any."""
    for kind in WARMERS:
        _close(kind)


def _close(kind: str) -> None:
    parent = _shared.pop(kind, None)
    if parent is not None:
        parent.close()


atexit.register(close_shared_parents)
