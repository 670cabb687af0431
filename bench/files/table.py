"""Results as text."""

from bench.files.adapter import LIBRARIES
from bench.files.cases import CASES
from bench.files.measure import Result


def label(row: Result) -> str:
    """Give the name of a row's library."""
    return LIBRARIES[row["library"]].label


def is_peer(row: Result) -> bool:
    """Say whether a row is another library's, and measured."""
    return not LIBRARIES[row["library"]].ours and "mev_s" in row


def fastest_peer(group: Result) -> Result | None:
    """Give the row of the fastest other library."""
    return max(filter(is_peer, group["results"]), key=lambda row: float(row["mev_s"]), default=None)


def own_row(group: Result) -> Result | None:
    """Give our row, where it was measured."""
    return next((row for row in group["results"] if row["library"] == "own" and "mev_s" in row), None)


def show_groups(groups: list[Result]) -> None:
    """Print groups."""
    for group in groups:
        case = CASES[group["case"]].label
        print(f"\n{case}, {group['kind']} ({group['source']}), {group['mode']}, {group['events']:,} events")
        print(f"  {'':<28}{'Mev/s':>8}{'CPU':>8}{'x peer':>8}{'x CPU':>8}{'copies':>8}{'peak MB':>9}  remarks")
        fastest = fastest_peer(group)
        for row in group["results"]:
            print("  " + text_line(row, fastest))


def text_line(row: Result, fastest: Result | None) -> str:
    """Give one row as text."""
    if "mev_s" not in row:
        return f"{label(row):<28}{'cannot':>8}  {row['error']}"
    ratios = [f"{row[key] / fastest[key]:.2f}" if fastest else "-" for key in ("mev_s", "cpu_mev_s")]
    rates = f"{row['mev_s']:8.1f}{row['cpu_mev_s']:8.1f}{ratios[0]:>8}{ratios[1]:>8}"
    figures = f"{rates}{row['copies']:8.1f}{row['peak_mb']:9.0f}"
    return f"{label(row):<28}{figures}  {row['remark']}"
