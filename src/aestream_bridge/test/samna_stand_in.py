"""Objects of the names that samna's documentation gives, in the place of samna: not samna, and no proof that it works.

Inside runs the integer twin, configured from what the configuration objects say, so a wrong core, order of axes,
destination or time shows as wrong spikes.
"""

from types import SimpleNamespace
from typing import Any

import numpy as np

from aestream_bridge._speck import StandInSpike
from aestream_bridge.speck import Destination, Layer, Network, Twin
from aestream_bridge.speck.spikes import make_spikes


class DvsEvent:
    """An event of the chip's sensor."""

    def __init__(self, p: int, y: int, x: int, timestamp: int) -> None:
        self.p, self.y, self.x, self.timestamp = p, y, x, timestamp


def _core() -> SimpleNamespace:
    def shape() -> SimpleNamespace:
        return SimpleNamespace(feature_count=0, size=SimpleNamespace(x=0, y=0))

    def slot() -> SimpleNamespace:
        return SimpleNamespace(enable=False, layer=0, pooling=1, feature_shift=0)

    dimensions = SimpleNamespace(
        input_shape=shape(),
        output_shape=shape(),
        kernel_size=0,
        padding=SimpleNamespace(x=0, y=0),
        stride=SimpleNamespace(x=1, y=1),
    )
    return SimpleNamespace(dimensions=dimensions, destinations=[slot(), slot()], weights=[], monitor_enable=False)


def _configuration() -> SimpleNamespace:
    dvs = SimpleNamespace(pass_sensor_events=True, raw_monitor_enable=False)
    return SimpleNamespace(cnn_layers=[_core() for _ in range(9)], dvs_layer=dvs)


class Chip:
    """What a configuration makes of the board; `sink` and `source` are both of it."""

    def __init__(self) -> None:
        self.refusal = ""
        self.calls: list[str] = []
        self.waiting: list[Any] = []
        self.configuration: Any = None

    def apply_configuration(self, configuration: Any) -> None:
        self.calls.append("apply")
        self.configuration = configuration

    def get_sink_node(self) -> "Chip":
        return self

    def get_source_node(self) -> "Chip":
        return self

    def write(self, events: list[Any]) -> None:
        """Run events through the core that they are for."""
        cores = {at: core for at, core in enumerate(self.configuration.cnn_layers) if core.weights}
        entry = events[0].layer
        shape = cores[entry].dimensions.input_shape
        network = Network(
            "chip",
            (shape.feature_count, shape.size.y, shape.size.x),
            tuple(_layer(at, core) for at, core in cores.items()),
            (Destination(str(entry)),),
        )
        twin = Twin(network, monitored=[str(at) for at, core in cores.items() if core.monitor_enable])
        names = [layer.name for layer in twin.layers]
        columns = [[getattr(each, name) for each in events] for name in ("timestamp", "feature", "y", "x")]
        twin.inject(make_spikes(*columns))
        for spike in twin.take():
            out = StandInSpike()
            out.layer, out.feature = int(names[spike["layer"]]), int(spike["feature"])
            out.x, out.y, out.timestamp = int(spike["x"]), int(spike["y"]), int(spike["t"])
            self.waiting.append(out)

    def get_events(self) -> list[Any]:
        given, self.waiting = self.waiting, []
        return given


def _layer(at: int, core: Any) -> Layer:
    slots = [slot for slot in core.destinations if slot.enable]
    return Layer(
        str(at),
        np.array(core.weights, np.int8).transpose(0, 1, 3, 2),
        None,
        core.dimensions.stride.x,
        core.dimensions.padding.y,
        core.threshold_high,
        core.threshold_low,
        "zero" if core.return_to_zero else "subtract",
        tuple(Destination(str(slot.layer), slot.pooling, slot.feature_shift) for slot in slots),
    )


class StandIn:
    """A module with one board.

    Attributes:
        chip: the chip on the board.
        closed: whether the board was given back.
    """

    def __init__(self, board: str = "Speck2fModuleDevKit") -> None:
        self.chip = Chip()
        self.closed = False
        self.slow_clock: list[Any] = []
        self.infos = [SimpleNamespace(device_type_name=board, serial_number="0042")]
        self.speck2f = self.speck2e = SimpleNamespace(
            configuration=SimpleNamespace(SpeckConfiguration=_configuration),
            event=SimpleNamespace(Spike=StandInSpike, DvsEvent=DvsEvent),
            validate_configuration=lambda _: (not self.chip.refusal, self.chip.refusal),
        )
        self.device = SimpleNamespace(
            get_unopened_devices=lambda: self.infos, open_device=lambda _: self, close_device=self._close
        )
        self.graph = SimpleNamespace(EventFilterGraph=lambda: self)
        self.BasicSourceNode_speck2f_event_input_event = lambda: "in"
        self.BasicSourceNode_speck2e_event_speck2e_input_event = lambda: "in"
        self.BasicSinkNode_speck2f_event_output_event = lambda: "out"
        self.BasicSinkNode_speck2e_event_output_event = lambda: "out"

    def sequential(self, nodes: list[Any]) -> tuple[Any, Any]:
        assert nodes in (["in", self.chip], [self.chip, "out"])
        return self.chip, self.chip

    def get_model(self) -> Chip:
        return self.chip

    def get_stop_watch(self) -> Any:
        def note(word: str) -> Any:
            return lambda: self.chip.calls.append(word)

        return SimpleNamespace(reset=note("reset"), start=note("watch"), stop=note("unwatch"))

    def get_io_module(self) -> Any:
        return SimpleNamespace(set_slow_clk_rate=self.slow_clock.append, set_slow_clk=self.slow_clock.append)

    def start(self) -> None:
        self.chip.calls.append("graph")

    def stop(self) -> None:
        self.chip.calls.append("ungraph")

    def _close(self, board: Any) -> None:
        assert board is self
        self.closed = True
