"""A board with a Speck chip, through samna: found, opened, its streams of events, its stop watch.

Written against samna's public documentation for speck2e and speck2f. **Not run with samna or a chip**: samna is not on
the machines that this is made on. The tests run it against a stand-in of the same names.
"""

from typing import Any

from aestream_bridge.speck.devices import Device
from aestream_bridge.speck.errors import SpeckError

_INPUT_NODES = {
    "speck2e": "BasicSourceNode_speck2e_event_speck2e_input_event",
    "speck2f": "BasicSourceNode_speck2f_event_input_event",
}
_OUTPUT_NODES = {
    "speck2e": "BasicSinkNode_speck2e_event_output_event",
    "speck2f": "BasicSinkNode_speck2f_event_output_event",
}


class SamnaBoard:
    """An opened board. Not run with a real one.

    Attributes:
        module: samna's module of the chip: its events and its configuration.
        serial: serial number of the board.
    """

    def __init__(self, samna: Any, device: Device, *, serial: str = "") -> None:
        """Open the first board with this chip, or the one with this serial number.

        Raises:
            SpeckError: there is none.
        """
        self._samna = samna
        self.module = getattr(samna, device.samna)
        info = _find(samna, device, serial)
        self.serial = str(info.serial_number)
        self._board = samna.device.open_device(info)
        self._model = self._board.get_model()
        self._graph = samna.graph.EventFilterGraph()
        source = getattr(samna, _INPUT_NODES[device.samna])()
        sink = getattr(samna, _OUTPUT_NODES[device.samna])()
        self._source, _ = self._graph.sequential([source, self._model.get_sink_node()])
        _, self._sink = self._graph.sequential([self._model.get_source_node(), sink])
        self._watch = self._board.get_stop_watch()

    def start(self, configuration: Any, *, slow_clock_hz: int = 0) -> None:
        """Bring a configuration onto the chip, and start its streams and, from 0, its stop watch."""
        if slow_clock_hz:
            module = self._board.get_io_module()
            module.set_slow_clk_rate(slow_clock_hz)
            module.set_slow_clk(True)
        self._graph.start()
        self._model.apply_configuration(configuration)
        self._watch.reset()
        self._watch.start()

    def write(self, events: list[Any]) -> None:
        """Send events; the chip replays them at their timestamps."""
        self._source.write(events)

    def read(self) -> list[Any]:
        """Give what came since the last call; never waits."""
        return list(self._sink.get_events())

    def close(self) -> None:
        """Stop the streams and give the board back."""
        self._watch.stop()
        self._graph.stop()
        self._samna.device.close_device(self._board)


def _find(samna: Any, device: Device, serial: str) -> Any:
    infos = list(samna.device.get_unopened_devices())
    for info in infos:
        if info.device_type_name in device.boards and serial in ("", str(info.serial_number)):
            return info
    found = ", ".join(f"{info.device_type_name} {info.serial_number}" for info in infos) or "none"
    wanted = f"{device.name} with serial number {serial}" if serial else device.name
    raise SpeckError(f"no board with {wanted} is free; boards found: {found}")
