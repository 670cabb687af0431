import io
import itertools
import math

import pytest
from rich.console import Console

from aestream.watch.display import open_display
from aestream.watch.errors import NoStageError, StageFailedError
from aestream.watch.model import Frame, History, StageHistory, StatusReading, counter_increase, drops, event_rates
from aestream.watch.options import WatchOptions, require_healthy
from aestream.watch.quantities import bytes_text, count_text, milliseconds_text
from aestream.watch.summary import summarise
from aestream.watch.table import status_line, status_table
from aestream.watch.thinning import ThinnedList
from aestream_core.errors import InvalidArgumentError


def reading(time_s: float = 0.0, *, node: str = "/accumulator", **values) -> StatusReading:
    given = {"stage": node.strip("/"), "state": "active", **values}
    return StatusReading(node=node, received_s=time_s, stamp_s=100.0 + time_s, **given)


def history_of(*readings: StatusReading) -> History:
    history = History()
    for each in readings:
        history.add_reading(each)
    return history


def stage_of(*readings: StatusReading) -> StageHistory:
    return history_of(*readings).stages[0]


def rendered(history: History, *, now_s: float, width: int = 80) -> str:
    console = Console(file=io.StringIO(), width=width)
    console.print(status_table(history, now_s=now_s))
    return console.file.getvalue()


def test_a_thinned_list_stays_within_its_capacity_and_keeps_even_spacing():
    thinned = ThinnedList(8)
    for item in range(1000):
        thinned.add(item)
    kept = thinned.kept()
    assert len(kept) <= 8
    assert thinned.total == 1000
    assert kept[0] == 0
    assert len({after - before for before, after in itertools.pairwise(kept)}) == 1


def test_a_thinned_list_keeps_everything_while_there_is_room():
    thinned = ThinnedList(8)
    for item in range(7):
        thinned.add(item)
    assert thinned.kept() == tuple(range(7))


@pytest.mark.parametrize("capacity", [0, 1, 7])
def test_a_thinned_list_refuses_capacities_that_it_cannot_halve(capacity):
    with pytest.raises(InvalidArgumentError, match=f"even and at least 2, got {capacity}"):
        ThinnedList(capacity)


def test_rates_come_from_counters_and_the_clock_of_the_stage():
    late = StatusReading(node="/a", stage="a", state="active", received_s=0.9, stamp_s=100.5, events=500)
    times_s, rates = event_rates([reading(0.0), late, reading(1.0, events=1500)])
    assert times_s == [0.9, 1.0]
    assert rates == pytest.approx([1000.0, 2000.0])


def test_readings_whose_stamps_do_not_advance_give_no_rate():
    assert event_rates([reading(1.0), reading(1.0, events=10)]) == ([], [])


def test_a_counter_that_goes_back_was_reset():
    assert counter_increase(10, 15) == 5
    assert counter_increase(10, 3) == 3


def test_drops_are_told_when_they_happen_and_those_from_before_at_the_first_reading():
    found = drops(
        [
            reading(0.0, dropped_events=5, dropped_packets=1),
            reading(0.5, dropped_events=5, dropped_packets=1),
            reading(1.0, dropped_events=9, dropped_packets=3),
        ]
    )
    assert found == [(0.0, 5, 1), (1.0, 4, 2)]


def test_bytes_copied_per_event_is_nan_before_the_first_event():
    assert math.isnan(reading().bytes_copied_per_event)
    assert reading(events=10, bytes_copied=80).bytes_copied_per_event == 8.0


def test_the_source_is_the_first_stage():
    history = history_of(reading(node="/accumulator"), reading(node="/zoo/camera", stage="source"))
    assert [stage.node for stage in history.stages] == ["/zoo/camera", "/accumulator"]


def test_the_latest_reading_is_kept_through_thinning():
    stage = stage_of(*(reading(0.5 * i, events=i) for i in range(2000)))
    assert stage.readings()[-1].events == 1999
    assert len(stage.readings()) <= 1201


def test_frames_are_those_of_the_busiest_topic():
    history = History()
    for topic, count in (("/a/image", 2), ("/b/image", 3)):
        for i in range(count):
            history.add_frame(Frame(topic=topic, received_s=float(i), rgb=None))
    assert {frame.topic for frame in history.frames()} == {"/b/image"}
    assert history.image_counts() == {"/a/image": 2, "/b/image": 3}


def test_a_summary_leaves_out_warm_up_and_idle_end():
    slow_start = [reading(0.0), reading(0.5, events=10), reading(1.0, events=20)]
    steady = [reading(0.5 * i, events=20 + 500 * (i - 2)) for i in range(3, 12)]
    idle = [reading(6.0 + i, events=steady[-1].events, state="finished") for i in range(5)]
    summary = summarise(stage_of(*slow_start, *steady, *idle))
    assert summary.event_rate == pytest.approx(1000.0)
    assert summary.events == steady[-1].events


def test_a_summary_of_a_short_run_uses_all_of_it():
    assert summarise(stage_of(reading(0.0, events=10), reading(0.5, events=60))).event_rate == pytest.approx(100.0)


def test_a_summary_without_events_has_no_rate_and_no_latency():
    summary = summarise(stage_of(reading(0.0), reading(0.5)))
    assert summary.event_rate == 0.0
    assert not summary.was_timed


def test_a_summary_takes_the_median_of_medians_and_the_worst_tail():
    timed = [(1.0, 5.0), (2.0, 9.0), (3.0, 6.0), (float("nan"), float("nan"))]
    stage = stage_of(
        *(
            reading(2.0 * i, events=1 + i, latency_p50_ms=median_ms, latency_p99_ms=tail_ms)
            for i, (median_ms, tail_ms) in enumerate(timed)
        )
    )
    summary = summarise(stage, warm_up_s=0.0)
    assert (summary.latency_p50_ms, summary.latency_p99_ms) == (2.0, 9.0)


def test_the_watch_waits_for_the_expected_stages_and_then_lasts_as_long_as_asked():
    options = WatchOptions(duration_s=2.0, timeout_s=5.0, expected=("source", "accumulator"))
    history = history_of(reading(1.0, node="/source"))
    assert not options.is_over(history, now_s=4.0)
    assert options.is_over(history, now_s=5.0)
    history.add_reading(reading(4.0))
    assert not options.is_over(history, now_s=5.9)
    assert options.is_over(history, now_s=6.0)


def test_the_watch_ends_when_a_stage_failed_and_not_before_when_unlimited():
    options = WatchOptions()
    assert not options.is_over(history_of(reading()), now_s=1e6)
    assert options.is_over(history_of(reading(state="failed")), now_s=0.1)


@pytest.mark.parametrize("value_s", [0.0, -1.0, float("nan"), float("inf")])
def test_times_that_are_no_durations_are_refused(value_s):
    with pytest.raises(InvalidArgumentError, match="duration must be a number of seconds above 0"):
        WatchOptions(duration_s=value_s)
    with pytest.raises(InvalidArgumentError, match="timeout must be a number of seconds above 0"):
        WatchOptions(timeout_s=value_s)


def test_stages_are_chosen_by_node_or_namespace():
    options = WatchOptions(stages=("robot", "/accumulator/"))
    assert options.covers("/robot/event_camera")
    assert options.covers("/accumulator")
    assert not options.covers("/robot2/event_camera")
    assert WatchOptions().covers("/anything")


def test_silence_and_failure_are_errors_that_say_why():
    with pytest.raises(NoStageError, match="no stage was heard within 15 s"):
        require_healthy(History(), waited_s=15.0)
    with pytest.raises(StageFailedError, match="/event_camera failed: no such file"):
        require_healthy(history_of(reading(node="/event_camera", state="failed", message="no such file")), waited_s=1)
    require_healthy(history_of(reading()), waited_s=1)


def test_the_table_fits_eighty_columns():
    busy = reading(
        node="/event_camera",
        state="inactive",
        device="cuda:0",
        event_rate=123.45e6,
        events=999_900_000_000,
        dropped_events=999_900_000,
        queue_bytes=999_000_000,
        queue_limit_bytes=999_000_000,
        latency_p50_ms=1234.5,
        latency_p99_ms=12345.6,
        bytes_copied=999_900_000_000 * 8,
    )
    text = rendered(history_of(busy), now_s=1.0)
    assert "…" not in text
    for shown in ("/event_camera", "cuda:0", "123.45", "1000 M", "999 MB", "12346", "8.00"):
        assert shown in text


def test_a_stage_that_stopped_speaking_is_called_silent():
    history = history_of(reading(0.0))
    assert "active" in status_line(history, now_s=2.0)
    assert "silent 9 s" in status_line(history, now_s=9.0)
    assert "silent 9 s" in rendered(history, now_s=9.0)


def test_a_log_gets_a_line_a_second_and_none_before_a_stage_was_heard():
    console = Console(file=io.StringIO(), width=80)
    history = History()
    with open_display(console) as display:
        display.show(history, now_s=0.0)
        history.add_reading(reading(0.1, event_rate=2.5e6))
        for i in range(20):
            display.show(history, now_s=0.1 + 0.1 * i)
    lines = console.file.getvalue().splitlines()
    assert len(lines) == 2
    assert "accumulator active, 2.50 Mev/s, 0 events / 0 packets dropped" in lines[0]


def test_a_terminal_gets_a_table():
    console = Console(file=io.StringIO(), width=80, force_terminal=True, _environ={"TERM": "xterm"})
    with open_display(console) as display:
        display.show(History(), now_s=0.0)
        display.show(history_of(reading()), now_s=1.0)
    assert "waiting for a stage" in console.file.getvalue()
    assert "/accumulator" in console.file.getvalue()


@pytest.mark.parametrize(
    ("count", "text"), [(0, "0"), (999, "999"), (1000, "1.00 k"), (12_345_678, "12.3 M"), (4e9, "4.00 G")]
)
def test_counts_are_short(count, text):
    assert count_text(count) == text


def test_quantities_carry_their_unit_or_a_dash():
    assert bytes_text(512) == "512 B"
    assert bytes_text(64_000_000) == "64.0 MB"
    assert milliseconds_text(float("nan")) == "–"
    assert milliseconds_text(1.234) == "1.23"
