"""Configuration of inference: one field a ROS parameter."""

from dataclasses import dataclass

from aestream_core.config import setting, validate
from aestream_core.transports.names import TRANSPORTS
from aestream_snn.stepping.table import CHOICES


@dataclass(frozen=True)
class InferenceConfig:
    """Which model runs where, and what it may take."""

    model: str = setting("simgesture", "checkpoint to run: the name of a shipped model, or a .safetensors file")
    device: str = setting("auto", "where it runs: auto, cpu, cuda or cuda:N")
    engine: str = setting(
        "auto",
        "what runs a step of a network: native (C++, on a CPU), cuda_graph (on a GPU), compile (torch.compile), torch "
        "(the model's own); auto takes the first that the device has",
        choices=CHOICES,
    )
    memory_ms: float = setting(
        400.0, "time in which scores forget to 1/e", unit="ms", bounds=(1.0, 3_600_000.0), live=True
    )
    deadline_ms: float = setting(
        100.0,
        "time for which input may wait for its turn; what waited longer is left out and counted; 0 leaves nothing out",
        unit="ms",
        bounds=(0.0, 60_000.0),
        live=True,
    )
    reset_gap_ms: float = setting(
        5000.0,
        "sensor time without input after which the model forgets everything; so it does when time goes back",
        unit="ms",
        bounds=(1.0, 3_600_000.0),
        live=True,
    )
    max_rate_hz: float = setting(
        0.0,
        "predictions a second of sensor time at most; 0 gives one after every window or packet",
        unit="Hz",
        bounds=(0.0, 1e6),
        live=True,
    )
    confidence: float = setting(
        0.6, "probability from which a new answer is told in the log", bounds=(0.0, 1.0), live=True
    )
    log_answers: bool = setting(True, "whether the log tells when the answer changes", live=True)
    monitor_every: int = setting(
        32,
        "one of how many steps of a spiking network is looked at, for ~/activity and /diagnostics; 0 looks at none",
        bounds=(0, 1_000_000),
    )
    queue_limit_bytes: int = setting(
        64_000_000, "bytes of input that may wait; more are dropped and counted", unit="B", bounds=(1_000_000, 4e9)
    )
    torch_threads: int = setting(
        1, "threads of torch in this process; more slow small networks down; 0 leaves them as they are", bounds=(0, 256)
    )
    frame_id: str = setting("event_camera", "frame of the sensor in message headers")
    reliability: str = setting(
        "best_effort", "reliability asked of the topic that is read", choices=("reliable", "best_effort")
    )
    transport: str = setting("dds", "how events come from other processes, for models of events", choices=TRANSPORTS)

    def __post_init__(self) -> None:
        """Check every field."""
        validate(self)
