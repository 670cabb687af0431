"""Carry out a plan: start its processes, load its nodes, and end everything together."""

from __future__ import annotations

import asyncio
import os
import signal
import threading
from collections.abc import Sequence

from aestream.launching.child import Child
from aestream.launching.errors import LaunchError
from aestream.launching.screen import say
from aestream.launching.steps import LoadNode, StartProcess, Step


def run_plan(steps: Sequence[Step]) -> None:
    """Run until every process has ended, one of them ends it, SIGINT or SIGTERM arrives, or something fails.

    Raises:
        LaunchError: A node could not be loaded, or a process ended with another status than 0.
    """
    asyncio.run(_Launch(steps).run())


class _Launch:
    """The state of one launch."""

    def __init__(self, steps: Sequence[Step]) -> None:
        self._processes = [step for step in steps if isinstance(step, StartProcess)]
        self._loads = [step for step in steps if isinstance(step, LoadNode)]
        self._children: list[Child] = []
        self._over = asyncio.Event()
        self._cancelled = threading.Event()
        self._failure: str | None = None

    async def run(self) -> None:
        loop = asyncio.get_running_loop()
        for number in (signal.SIGINT, signal.SIGTERM):
            loop.add_signal_handler(number, self._on_signal, number)
        background: list[asyncio.Task[None]] = []
        try:
            for step in self._processes:
                if not self._over.is_set():
                    background.append(await self._start(step))
            if self._loads:
                background.append(asyncio.create_task(self._load()))
            if background:
                await self._over.wait()
        finally:
            self._end()
            await asyncio.gather(*(child.stop() for child in self._children))
            await asyncio.gather(*background)
        if self._failure is not None:
            raise LaunchError(self._failure)

    async def _start(self, step: StartProcess) -> asyncio.Task[None]:
        child = await Child.start(step)
        self._children.append(child)
        say(f"[{step.label}] started, pid {child.pid}")
        return asyncio.create_task(self._watch(child))

    def _on_signal(self, number: signal.Signals) -> None:
        if not self._over.is_set():
            say(f"{number.name}, ending all processes")
        self._end()

    def _end(self, failure: str | None = None) -> None:
        """End the launch; only what happens first counts as its reason."""
        if not self._over.is_set():
            self._failure = failure
        self._over.set()
        self._cancelled.set()

    async def _watch(self, child: Child) -> None:
        status = await child.wait()
        label = child.step.label
        if status != 0 and not self._over.is_set():
            why = f": {child.last_remark}" if child.last_remark else ""
            self._end(f"[{label}] {_describe(status)}{why}")
            return
        if status == 0:
            say(f"[{label}] finished")
        self._end_if_last(child)

    def _end_if_last(self, child: Child) -> None:
        others = [other for other in self._children if other is not child]
        if child.step.shutdown_on_exit or all(other.ended for other in others):
            unloaded = f"[{child.step.label}] ended before {self._loads[0].name!r} was loaded" if self._loads else None
            self._end(unloaded)

    async def _load(self) -> None:
        try:
            await asyncio.to_thread(self._load_all)
        except LaunchError as error:
            self._end(str(error))

    def _load_all(self) -> None:
        # The client lives in this process: it has to be in the domain that the launch file may have set.
        os.environ.update(self._processes[0].environment if self._processes else {})
        from aestream.launching.load import open_loader

        with open_loader(self._cancelled.is_set) as loader:
            while self._loads:
                name = loader.load(self._loads[0])
                if name is None:
                    return
                step = self._loads.pop(0)
                say(f"loaded {name} ({step.plugin}) into {step.container}")


def _describe(status: int) -> str:
    return f"ended with status {status}" if status > 0 else f"was ended by {signal.Signals(-status).name}"
