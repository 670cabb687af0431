"""`aestream snn report` without its parser: a checkpoint in, a page out."""

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

from aestream_core.errors import InvalidArgumentError
from aestream_core.files import file_info, read_file
from aestream_snn.data.recordings import words_of
from aestream_snn.data.table import DATASETS
from aestream_snn.evaluation.choice import some_of
from aestream_snn.models.network import SpikingNetwork
from aestream_snn.monitoring.weights import read_weights
from aestream_snn.report import figures
from aestream_snn.report.findings import findings
from aestream_snn.report.page import Page, Plot
from aestream_snn.report.watching import Told, Watched, watch_recordings, watch_words
from aestream_snn.training.checkpoint import Checkpoint, read_checkpoint
from aestream_snn.training.compose import compose_config, from_mapping
from aestream_snn.training.config import TrainConfig
from aestream_snn.training.trainer import load_data, model_of


def make_report(
    path: Path,
    what: str | None = None,
    *,
    data_dir: Path | None = None,
    recordings: int | None = None,
    progress: Told | None = None,
) -> str:
    """Watch a trained network, and tell of it.

    Args:
        path: the checkpoint.
        what: a recording, or `data=NAME` for the test data of a data set; those that it was trained for if None.
        data_dir: where the data lie, if not where they lay.
        recordings: at most that many, spread over the classes.
        progress: told how far it is.

    Returns:
        An HTML file.

    Raises:
        FormatError: the file is no checkpoint, or the recording no recording.
        InvalidArgumentError: the model does not spike, or the data are not there.
    """
    checkpoint = read_checkpoint(path)
    network = spiking_model(checkpoint, path)
    config = from_mapping(TrainConfig, checkpoint.facts["config"])
    if what is None or what.startswith("data="):
        config = config_for(config, what, data_dir)
        test = some_of(load_data(config, "test"), recordings)
        _check_classes(test.classes, checkpoint.facts["classes"], config.data.name)
        watched = watch_recordings(network, test, config.data.frames, progress=progress)
        subject = f"{len(test)} test recordings of {config.data.name}"
    else:
        watched, subject = _watch_file(network, Path(what), config, progress), what
    return page_of(path.name, subject, network, checkpoint, watched).html()


def _check_classes(asked: Sequence[str], known: Sequence[str], name: str) -> None:
    if len(asked) != len(known):
        raise InvalidArgumentError(f"{name} has {len(asked)} classes; the network knows {len(known)}")


def spiking_model(checkpoint: Checkpoint, path: Path) -> SpikingNetwork:
    """Make the network that a checkpoint holds.

    Raises:
        InvalidArgumentError: it holds a model that does not spike.
    """
    model = model_of(checkpoint)
    if not isinstance(model, SpikingNetwork):
        name = checkpoint.facts["config"]["model"]["name"]
        raise InvalidArgumentError(f"{path}: holds a {name!r}, which does not spike; it must be a spiking network")
    return model


def config_for(config: TrainConfig, what: str | None, data_dir: Path | None) -> TrainConfig:
    """Give a run's configuration with other data, where `what` is `data=NAME`, in another folder where there is one."""
    name = config.data.name if what is None else what.removeprefix("data=")
    data = config.data if name == config.data.name else compose_config((f"data={name}",)).data
    if data_dir is not None:
        data = replace(data, data_dir=str(data_dir))
    assert name in DATASETS
    return replace(config, data=data)


def page_of(name: str, subject: str, network: SpikingNetwork, checkpoint: Checkpoint, watched: Watched) -> Page:
    """Make the page."""
    weights, facts = read_weights(network), checkpoint.facts
    title = f"{facts['config']['model']['name']}, {name}"
    told = tuple(findings(watched.reading.layers, weights))
    cards = _cards(watched, sum(of.count for of in weights))
    return Page(title, f"on {subject}", cards, told, watched.reading, weights, _plots(watched, network, facts))


def _cards(watched: Watched, weights: int) -> list[tuple[str, str]]:
    reading, cards = watched.reading, list[tuple[str, str]]()
    if watched.verdict is not None:
        cards.append((f"right, of {int(watched.verdict.confusion.sum())}", f"{watched.verdict.accuracy:.1%}"))
    cards.append(("weights", f"{weights:,}"))
    cards.append(("synaptic operations a step", f"{reading.synops:,.0f}"))
    if watched.step_us is not None:
        cards.append(("synaptic operations a second", f"{reading.synops / watched.step_us:,.1f} M"))
    cards.append(("synaptic operations an event", f"{reading.synops / max(float(watched.events.mean()), 1e-9):,.0f}"))
    cards.append(("steps", f"{len(watched.spikes):,}"))
    return cards


def _plots(watched: Watched, network: SpikingNetwork, facts: Any) -> list[Plot]:
    reading, svg = watched.reading, figures.svg_of
    plots = [Plot("Spikes over time", svg(figures.draw_time(watched)))]
    if watched.verdict is not None:
        plots.append(Plot("Right and wrong", svg(figures.draw_confusion(watched.verdict))))
    else:
        plots.append(Plot("Answers over time", svg(figures.draw_answers(watched, facts["classes"]))))
    plots.append(Plot("Synaptic operations", svg(figures.draw_synops(reading)), "What a chip's energy goes with."))
    plots.append(Plot("Neurons", svg(figures.draw_neurons(reading)), "Left-most: dead. Below, right-most: saturated."))
    if (maps := figures.draw_maps(reading)) is not None:
        plots.append(Plot("Where neurons spike", svg(maps), "Spikes a neuron and step, the mean over features."))
    note = "Dashed: the threshold. A weight beyond it can ask for more spikes than one event gives on a core."
    plots.append(Plot("Weights on 8 bits", svg(figures.draw_weights(read_weights(network))), note))
    if facts.get("curve"):
        plots.append(Plot("Training", svg(figures.draw_curve(facts["curve"]))))
    return plots


def _watch_file(network: SpikingNetwork, path: Path, config: TrainConfig, progress: Told | None) -> Watched:
    info = file_info(path)
    events = read_file(path)
    if not len(events):
        raise InvalidArgumentError(f"{path}: holds no events; there is nothing to watch")
    return watch_words(network, words_of(events), (info.width, info.height), config.data.frames, progress=progress)
