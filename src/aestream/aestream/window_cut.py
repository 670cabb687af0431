"""Windows of sensor time: where to cut a packet."""

from aestream_core.events import Events


def cut_window(events: Events, window_us: int) -> tuple[Events, Events]:
    """Split a packet behind the window [k * window_us, (k + 1) * window_us) of its first event. Two views.

    Whoever accumulates cuts first: a long packet would otherwise become many tensors at once.
    """
    return events.split_at((events.first_us // window_us + 1) * window_us)
