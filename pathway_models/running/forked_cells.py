"""Cells run in a forked child, seen from outside: asked for, watched, and what they print handed on."""

from __future__ import annotations

import contextlib
import json
import os
import select
import signal
import socket
import tempfile
import time
from collections.abc import Callable
from multiprocessing.connection import Connection

from pathway_models.running import warm_parent
from pathway_models.running.forking import Child
from pathway_models.running.shared_parents import shared_parent
from pathway_models.running.warming import is_warm


def as_message(msg_type: str, content: dict[str, object]) -> dict[str, object]:
    """A message as a client of kernels expects it."""
    header = {"msg_type": msg_type}
    return {"msg_type": msg_type, "content": content, "metadata": {}, "header": header, "parent_header": {}}


class Cells:
    """A child that runs cells, and what it has printed.

    Parameters
    ----------
    setting : dict
        As :class:`pathway_models.running.kernel_free.Setting`.
    """

    def __init__(self, setting: dict[str, object]) -> None:
        self._files = [tempfile.TemporaryFile(buffering=0) for _ in range(2)]  # noqa: SIM115 - closed by close()
        self._told = [0, 0]
        descriptors = [file.fileno() for file in self._files]
        if is_warm():
            near, far = socket.socketpair()
            pid = warm_parent.fork_cells([far.fileno(), *descriptors])
            far.close()
            self.child = Child(pid, Connection(near.detach()), lambda: os.waitpid(pid, 0)[1])
        else:
            self.child = shared_parent().fork(b"cells", *descriptors)
        try:
            self.child.channel.send_bytes(json.dumps(setting).encode())
            self.language_info = self._message(None)["content"]["language_info"]
        except (EOFError, OSError):
            raise EOFError(self.child.how_it_ended()) from None

    def run(self, code: str, seconds: float | None, take: Callable[[dict[str, object]], None]) -> dict[str, object]:
        """Run one cell; every message goes to ``take``.

        Returns
        -------
        dict
            The reply of the kernel: its status, and the error if there is one.

        Raises
        ------
        EOFError
            The child has ended.
        TimeoutError
            The cell has taken longer; its message says where it was.
        """
        until = None if not seconds else time.monotonic() + seconds
        try:
            self.child.channel.send_bytes(json.dumps({"code": code}).encode())
            while True:
                message = self._message(until)
                if message["msg_type"] != "execute_input" and not message["msg_type"].startswith("comm"):
                    self.tell(take, message["printed"])
                if message["msg_type"] == "execute_reply":
                    return message["content"]
                take(message)
        except (EOFError, OSError) as error:
            if isinstance(error, TimeoutError):
                where = self._where()
                self.tell(take)
                raise TimeoutError(where) from None
            self.tell(take)
            raise EOFError(self.child.how_it_ended()) from None

    def tell(self, take: Callable[[dict[str, object]], None], printed: list[int] | None = None) -> None:
        """Hand on what was printed up to a place in both files, standard output first, as a kernel does."""
        for at, (name, file) in enumerate(zip(("stdout", "stderr"), self._files, strict=True)):
            end = printed[at] if printed else os.fstat(file.fileno()).st_size
            if end > self._told[at]:
                text = os.pread(file.fileno(), end - self._told[at], self._told[at])
                self._told[at] = end
                content = {"name": name, "text": text.decode("utf-8", "replace")}
                take(as_message("stream", content))

    def _message(self, until: float | None) -> dict[str, object]:
        channel = self.child.channel
        if not channel.poll(None if until is None else max(0.0, until - time.monotonic())):
            raise TimeoutError
        sent = json.loads(channel.recv_bytes())
        sent["buffers"] = [channel.recv_bytes() for _ in range(sent["buffers"])]
        return as_message(sent["msg_type"], sent["content"]) | sent

    def _where(self) -> str:
        """Ask the child for its stack, which stands in what it prints to standard error."""
        file, before = self._files[1].fileno(), os.fstat(self._files[1].fileno()).st_size
        with contextlib.suppress(ProcessLookupError):
            os.kill(self.child.pid, signal.SIGUSR1)
        text = ""
        for _ in range(20):
            select.select([], [], [], 0.05)
            text = os.pread(file, 65536, before).decode("utf-8", "replace")
            if "<module>" in text:
                break
        os.ftruncate(file, before)
        lines = [line.strip() for line in text.splitlines() if line.strip().startswith("File")]
        own = [at for at, line in enumerate(lines) if "interactiveshell.py" in line]
        return "\n".join(lines[: own[0]] if own else lines)

    def close(self) -> None:
        """End the child, and forget what it has printed."""
        self.child.kill()
        for file in self._files:
            file.close()

    def __enter__(self) -> Cells:
        return self

    def __exit__(self, *exception: object) -> None:
        self.close()
