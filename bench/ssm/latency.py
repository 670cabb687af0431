"""Latency of camera_to_ssm from the last event in to the prediction out: `python -m bench ssm_latency`.

The launched graph: simulator and network in one process, a listener in another. Packets span 1 ms, and a prediction's
latency is from the arrival of the last event of its packet to it, as the node measures it. First one load for a while;
then the load grows until packets are lost, in the node or before it, and the last one without a loss is told.

    python -m bench ssm_latency                                  # the shipped model at 1 Mev/s, then up
    python -m bench ssm_latency --model dvs_medium --rate 5e5    # upstream's size, random weights
"""

import argparse
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import torch

from aestream_snn.ssm import PRESETS, EventSSM, preset
from aestream_snn.ssm.weights import Meaning, save_model
from bench.inference.figures import latency_text, lost_packets, memory_growth_mb, settled
from bench.inference.graph import WARM_UP_S, Seen, events_per_s, watch

FOLDER = Path("out/bench_ssm_latency")
SIDE = 128
STEPS_UP = (1, 2, 3, 4, 6, 8, 10, 12, 16, 20)
"""Loads in Mev/s that are tried in turn."""
_REACHED = 0.9
"""Share of the asked load below which the simulator, not the model, is the limit."""


def model_argument(name: str) -> str:
    """Give what the launch calls a model: a preset of vision is written with random weights first."""
    if name not in PRESETS:
        return name
    config = preset(name)
    if config.tokens != 2 * SIDE * SIDE:
        raise SystemExit(f"--model {name} is of sound; cameras need one of vision, as dvs_small")
    torch.manual_seed(0)
    path = FOLDER / f"{name}.safetensors"
    save_model(EventSSM(config), path, Meaning(tuple(map(str, range(config.classes))), SIDE, SIDE))
    return str(path.absolute())


@dataclass(frozen=True)
class Graph:
    """What is launched at every load.

    Attributes:
        model: name or path.
        device: where it runs.
        prediction_rate: predictions a second at most; 0 is one a packet.
        params_file: parameters of the nodes.
    """

    model: str
    device: str
    prediction_rate: float
    params_file: Path

    def run(self, rate: float, seconds: float) -> Seen:
        """Launch once; print a line."""
        arguments = {
            "source": "sim", "rate": rate, "width": SIDE, "height": SIDE, "model": self.model, "device": self.device,
            "prediction_rate": self.prediction_rate, "params_file": self.params_file,
        }  # fmt: skip
        given = [f"{name}:={value}" for name, value in arguments.items()]
        seen = settled(watch(*given, seconds=seconds + WARM_UP_S, name="camera_to_ssm"))
        figures = f"{latency_text(seen)}  lost {lost_packets(seen)} packets  memory {memory_growth_mb(seen):+.1f} MB"
        load = f"{rate / 1e6:5.1f} Mev/s asked {came(seen):5.1f} came"
        print(f"{load}  {len(seen.said):6} predictions  {figures}", flush=True)
        return seen


def came(seen: Seen) -> float:
    """Give the Mev/s that the node took in."""
    return events_per_s(seen, "inference") / 1e6


def highest(graph: Graph, seconds: float, most: float) -> None:
    """Raise the load until packets are lost; print the last one without a loss."""
    kept = 0.0
    for step in (each for each in STEPS_UP if each <= most):
        seen = next((each for each in _tries(graph, step * 1e6, seconds) if not lost_packets(each)), None)
        if seen is None:
            break
        kept = came(seen)
        if kept < _REACHED * step:
            print(f"the simulator gives no more than {kept:.1f} Mev/s")
            break
    print(f"highest load without a loss: {kept:.1f} Mev/s")


def _tries(graph: Graph, rate: float, seconds: float) -> Iterator[Seen]:
    """Run a load up to twice: neighbours on the machine may have been what lost the first."""
    for _ in range(2):
        yield graph.run(rate, seconds)


def main(arguments: Sequence[str] = ()) -> None:
    """Run and print."""
    parser = argparse.ArgumentParser(
        prog="python -m bench ssm_latency", description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--model", default="simgesture_events", help="shipped model, file, or dvs_small, dvs_medium")
    parser.add_argument("--device", default="cpu", help="cpu, cuda or cuda:N (default: %(default)s)")
    parser.add_argument("--prediction-rate", type=float, default=100.0, help="predictions/s; 0: one a packet")
    parser.add_argument("--rate", type=float, default=1e6, help="events/s of the first load (default: %(default)g)")
    parser.add_argument("--seconds", type=float, default=20.0, help="of the first load (default: %(default)g)")
    parser.add_argument("--step-seconds", type=float, default=4.0, help="of each load after it (default: %(default)g)")
    parser.add_argument("--most", type=float, default=20.0, help="Mev/s at which to stop; 0 tries none")
    options = parser.parse_args(arguments)
    FOLDER.mkdir(parents=True, exist_ok=True)
    params = FOLDER / "params.yaml"
    params.write_text("inference: {ros__parameters: {log_answers: false}}\n")
    graph = Graph(model_argument(options.model), options.device, options.prediction_rate, params.absolute())
    print(f"camera_to_ssm, {options.model} on {options.device}, {options.prediction_rate:g} predictions/s at most")
    graph.run(options.rate, options.seconds)
    if options.most:
        highest(graph, options.step_seconds, options.most)
