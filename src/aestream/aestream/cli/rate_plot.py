"""A rate over time as a few lines of text."""

from collections.abc import Sequence

_BLOCKS = " ▁▂▃▄▅▆▇█"
MAX_COLUMNS = 64


def plot_rates(rates_hz: Sequence[float], *, bin_us: int, rows: int = 4) -> list[str]:
    """Draw rates as bars of block characters, with the largest one and the time axis beside them.

    Args:
        rates_hz: mean rate in each bin, in events/s.
        bin_us: length of a bin in µs.
        rows: height of the bars in lines.

    Returns:
        Lines of text, none where there are no rates.
    """
    if not len(rates_hz):
        return []
    merge = -(-len(rates_hz) // MAX_COLUMNS)
    bars = [_mean(rates_hz[at : at + merge], merge) for at in range(0, len(rates_hz), merge)]
    top_hz = max(bars)
    label = f"{rate_text(top_hz)} "
    lines = [_row(bars, top_hz, row, rows) for row in reversed(range(rows))]
    indented = [(label if at == 0 else " " * len(label)) + line for at, line in enumerate(lines)]
    return [*indented, " " * len(label) + _axis(len(bars), len(bars) * merge * bin_us / 1e6)]


def rate_text(rate_hz: float) -> str:
    """Write a rate with the unit that reads best."""
    for factor, unit in ((1e6, "Mev/s"), (1e3, "kev/s")):
        if rate_hz >= factor:
            return f"{rate_hz / factor:.3g} {unit}"
    return f"{rate_hz:.3g} ev/s"


def _mean(rates_hz: Sequence[float], count: int) -> float:
    return float(sum(rates_hz)) / count


def _row(bars: Sequence[float], top_hz: float, row: int, rows: int) -> str:
    full = len(_BLOCKS) - 1
    heights = [round(bar / top_hz * rows * full) if top_hz else 0 for bar in bars]
    return "".join(_BLOCKS[min(full, max(0, height - row * full))] for height in heights)


def _axis(columns: int, span_s: float) -> str:
    end = f"{span_s:.3g} s"
    return "0" + end.rjust(columns - 1) if columns > len(end) + 1 else f"0 to {end}"
