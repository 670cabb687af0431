"""A report as one HTML file that loads nothing."""

import base64
from collections.abc import Sequence
from dataclasses import dataclass
from html import escape

from aestream_snn.monitoring.reading import Reading
from aestream_snn.monitoring.weights import WeightReading

STYLE = """
body { font: 15px/1.5 system-ui, sans-serif; color: #1b1f23; max-width: 62rem; margin: 2rem auto; padding: 0 1rem; }
h1 { font-size: 1.6rem; margin-bottom: 0; } h2 { font-size: 1.15rem; margin: 2rem 0 .4rem; }
p.sub { color: #57606a; margin-top: .2rem; } p.note { color: #57606a; font-size: .9rem; }
table { border-collapse: collapse; font-variant-numeric: tabular-nums; font-size: .9rem; }
th, td { padding: .2rem .5rem; text-align: right; white-space: nowrap; border-bottom: 1px solid #d8dee4; }
th:first-child, td:first-child { text-align: left; }
.cards { display: flex; flex-wrap: wrap; gap: .8rem; margin: 1rem 0; }
.card { border: 1px solid #d8dee4; border-radius: .5rem; padding: .5rem .9rem; }
.card b { display: block; font-size: 1.25rem; } .card span { color: #57606a; font-size: .85rem; }
ul.findings { background: #fff8e6; border-left: 4px solid #d1792c; padding: .6rem 1rem .6rem 2rem; }
img { max-width: 100%; }
"""


@dataclass(frozen=True)
class Plot:
    """One plot.

    Attributes:
        title: above it.
        svg: the picture.
        note: what one sees, below it.
    """

    title: str
    svg: str
    note: str = ""


@dataclass(frozen=True)
class Page:
    """What a report says.

    Attributes:
        title: what it is about.
        subtitle: on what.
        cards: (name, value) of the most important numbers.
        findings: sentences.
        reading: of the layers.
        weights: of the layers.
        plots: in this order.
    """

    title: str
    subtitle: str
    cards: Sequence[tuple[str, str]]
    findings: Sequence[str]
    reading: Reading
    weights: Sequence[WeightReading]
    plots: Sequence[Plot]

    def html(self) -> str:
        """Give the file."""
        body = "\n".join((self._head(), *self._findings(), "<h2>Layers</h2>", self._table(), *map(_plot, self.plots)))
        return (
            f'<!doctype html>\n<html lang="en"><head><meta charset="utf-8"><title>{escape(self.title)}</title>\n'
            f'<meta name="viewport" content="width=device-width"><style>{STYLE}</style></head>\n'
            f"<body>\n{body}\n</body></html>\n"
        )

    def _head(self) -> str:
        cards = "".join(f'<div class="card"><b>{escape(v)}</b><span>{escape(n)}</span></div>' for n, v in self.cards)
        title, subtitle = escape(self.title), escape(self.subtitle)
        return f'<h1>{title}</h1>\n<p class="sub">{subtitle}</p>\n<div class="cards">{cards}</div>'

    def _findings(self) -> list[str]:
        if not self.findings:
            return ["<p>Nothing stands out: no layer dead or saturated; weights and membranes fit integers.</p>"]
        items = "".join(f"<li>{escape(text)}</li>" for text in self.findings)
        return ["<h2>What stands out</h2>", f'<ul class="findings">{items}</ul>']

    def _table(self) -> str:
        rows = [_row("td", cells) for cells in zip(*_columns(self.reading, self.weights), strict=True)]
        names = [name for name, _ in COLUMNS]
        return f"<table>{_row('th', names)}{''.join(rows)}</table>" + _table_note()


COLUMNS: tuple[tuple[str, str], ...] = (
    ("layer", ""),
    ("places", "outputs of the layer, pooled"),
    ("rate", "spikes a neuron and step"),
    ("density", "share of steps in which a place spikes"),
    ("most", "spikes of a place in one step"),
    ("dead", "places that never spiked"),
    ("saturated", "places that spike in 9 of 10 steps"),
    ("synops", "synaptic operations a step, exact at borders"),
    ("cancelled", "share of currents that cancel in one receptive field and step"),
    ("membrane", "smallest and largest, in thresholds"),
    ("of int16", "largest membrane beside what 16 bits hold"),
    ("max |w|", "largest weight in thresholds"),
    ("8-bit SNR", "what rounding leaves of the weights"),
)


def _columns(reading: Reading, weights: Sequence[WeightReading]) -> list[list[str]]:
    layers = reading.layers
    return [
        [str(number) for number in range(len(layers))],
        [f"{rates.numel():,}" for rates in reading.rates],
        [f"{layer.rate:.3f}" for layer in layers],
        [f"{layer.density:.1%}" for layer in layers],
        [f"{layer.most:.0f}" for layer in layers],
        [f"{layer.dead:.1%}" for layer in layers],
        [f"{layer.saturated:.1%}" for layer in layers],
        [f"{layer.synops:,.0f}" for layer in layers],
        [f"{layer.cancelled:.0%}" for layer in layers],
        [f"{layer.lowest:.1f} to {layer.highest:.1f}" for layer in layers],
        [f"{layer.int16:.1%}" for layer in layers],
        [f"{of.ratio:.2f}" for of in weights],
        [f"{of.snr_db:.0f} dB" for of in weights],
    ]


def _row(tag: str, cells: Sequence[str]) -> str:
    return "<tr>" + "".join(f"<{tag}>{escape(cell)}</{tag}>" for cell in cells) + "</tr>"


def _table_note() -> str:
    return '<p class="note">' + "; ".join(f"{escape(name)}: {escape(text)}" for name, text in COLUMNS[1:]) + ".</p>"


def _plot(plot: Plot) -> str:
    data = base64.b64encode(plot.svg.encode()).decode()
    note = f'<p class="note">{escape(plot.note)}</p>' if plot.note else ""
    title = escape(plot.title)
    return f'<h2>{title}</h2>\n<img alt="{title}" src="data:image/svg+xml;base64,{data}">{note}'
