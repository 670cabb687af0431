"""What stands out in the numbers, in sentences: a table of rules."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

from aestream_snn.monitoring.reading import LayerReading
from aestream_snn.monitoring.weights import WeightReading


@dataclass(frozen=True)
class Rule:
    """One thing to look for.

    Attributes:
        holds: whether a layer shows it.
        text: says it of a layer, and what to do.
    """

    holds: Callable[[LayerReading, WeightReading], bool]
    text: Callable[[LayerReading, WeightReading], str]


RULES: tuple[Rule, ...] = (
    Rule(
        lambda layer, _: layer.dead > 0.5,
        lambda layer, _: f"{layer.dead:.0%} of the places never spiked; task.rate_penalty wakes those that nearly do",
    ),
    Rule(
        lambda layer, _: layer.saturated > 0.01,
        lambda layer, _: (
            f"{layer.saturated:.1%} of the places spike in nearly every step; task.rate_penalty calms them"
        ),
    ),
    Rule(
        lambda _, weights: weights.ratio >= 1,
        lambda _, weights: (
            f"the largest weight is {weights.ratio:.2f} thresholds, so one event can ask for more spikes "
            "than a core of Speck gives; task.weight_limit=0.9 bounds it"
        ),
    ),
    Rule(
        lambda _, weights: weights.snr_db < 25,
        lambda _, weights: (
            f"8 bits keep {weights.snr_db:.0f} dB of the weights, {weights.levels} levels are used; "
            "task.int8=true trains with them"
        ),
    ),
    Rule(
        lambda layer, _: layer.int16 > 0.5,
        lambda layer, _: f"membranes reach {layer.int16:.0%} of what 16 bits hold",
    ),
    Rule(
        lambda layer, _: layer.at_bound > 0.5,
        lambda layer, _: (
            f"{layer.at_bound:.0%} of the membranes lie at the lower bound, and forget what pulls them lower"
        ),
    ),
    Rule(
        lambda layer, _: layer.cancelled > 0.6,
        lambda layer, _: (
            f"{layer.cancelled:.0%} of the currents cancel within a step, which on a chip depends on the "
            "order of events; shorter steps, or task.field_penalty"
        ),
    ),
)


def findings(layers: Sequence[LayerReading], weights: Sequence[WeightReading]) -> Iterator[str]:
    """Give a sentence for each thing that stands out."""
    for number, (layer, of) in enumerate(zip(layers, weights, strict=True)):
        for rule in RULES:
            if rule.holds(layer, of):
                yield f"Layer {number}: {rule.text(layer, of)}."
