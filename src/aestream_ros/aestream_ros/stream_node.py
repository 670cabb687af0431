"""The base of the suite's nodes: an autostarting lifecycle node with parameters, status and diagnostics."""

import time
from typing import Any, ClassVar, Generic, TypeVar

from aestream_msgs.msg import StreamStatus
from diagnostic_msgs.msg import DiagnosticArray
from rcl_interfaces.msg import ParameterDescriptor
from rclpy.clock import Clock, ClockType
from rclpy.lifecycle import LifecycleNode, LifecycleState, TransitionCallbackReturn

from aestream_core.errors import AestreamError
from aestream_ros.conversions import header
from aestream_ros.diagnostics import StageDiagnostics
from aestream_ros.params import ConfigGroup, declare_config, follow_changes
from aestream_ros.qos import STATUS_QOS
from aestream_ros.status import StageReading, rates_between, status_message

Config = TypeVar("Config")

STATUS_PERIOD_S = 0.5
DIAGNOSTICS_EVERY = 2
"""Status readings for one message on /diagnostics: once a second, as the ecosystem expects."""


class StreamNode(LifecycleNode, Generic[Config]):
    """A stage of an event pipeline.

    Subclasses set `stage` and `config_class` and implement `open`, `start`, `stop`, `release` and `reading`; the
    lifecycle transitions call them. Where the parameter `autostart` is true, construction configures and activates the
    node, and raises what went wrong.

    Attributes:
        failure: why the stage stopped working, None while it works.
        finished: whether the stage has nothing more to do (a recording that ended); None where that cannot happen.
    """

    stage: ClassVar[str]
    config_class: ClassVar[type[Any]]

    def __init__(self, default_name: str, **kwargs: Any) -> None:
        """Declare the parameters, and start where asked to.

        Raises:
            AestreamError: a parameter is not allowed, or the node could not be configured or activated.
        """
        super().__init__(default_name, **kwargs)
        self.failure: str | None = None
        self.finished: bool | None = False
        self._state = "unconfigured"
        try:
            self._set_up()
        except AestreamError:
            self.close()
            self.destroy_node()
            raise

    def _set_up(self) -> None:
        about = "whether the node configures and activates itself; otherwise lifecycle transitions do"
        autostart = self.declare_parameter("autostart", True, ParameterDescriptor(description=about)).value
        self.config: Config = declare_config(self, self.config_class)
        group = ConfigGroup(current=lambda: self.config, apply=self._apply, frozen=self.configured)
        self.config_groups: list[ConfigGroup[Any]] = [group]
        follow_changes(self, self.config_groups)
        self._status = self.create_publisher(StreamStatus, "~/status", STATUS_QOS)
        self._diagnostics = self.create_publisher(DiagnosticArray, "/diagnostics", STATUS_QOS)
        self._last_reading = (time.monotonic(), StageReading())
        self._readings = 0
        self._diagnosis = StageDiagnostics(self.get_fully_qualified_name())
        # Not on the ROS clock: where /clock stands still, the node still says how it is.
        self.create_timer(STATUS_PERIOD_S, self.report, clock=Clock(clock_type=ClockType.STEADY_TIME))
        self.declare()
        if autostart:
            self._autostart()

    # What a stage implements ----------------------------------------------------------------------------------------

    def declare(self) -> None:
        """Declare parameters beyond those of `config_class`; called once, before anything is opened."""

    def open(self) -> None:
        """Validate the configuration and acquire what streaming needs; raise AestreamError where that fails."""
        raise NotImplementedError

    def start(self) -> None:
        """Begin to stream."""
        raise NotImplementedError

    def stop(self) -> None:
        """Stop streaming; nothing arrives after it returns."""
        raise NotImplementedError

    def release(self) -> None:
        """Give back what `open` acquired."""
        raise NotImplementedError

    def reading(self) -> StageReading:
        """Give the counters as they are now."""
        raise NotImplementedError

    def reconfigure(self, config: Config) -> None:
        """Take over changed live parameters while configured; refuse them with an AestreamError."""

    def trouble(self) -> tuple[str, str] | None:
        """Give state and message of a fault that the stage is working on; None where there is none."""
        return None

    def details(self) -> dict[str, object]:
        """Give what /diagnostics is to say beyond the counters of every stage."""
        return {}

    # Lifecycle ------------------------------------------------------------------------------------------------------

    def on_configure(self, _: LifecycleState) -> TransitionCallbackReturn:
        """Open; a failure leaves the node unconfigured, with the reason logged and in `failure`."""
        return self._step(self.open, then="inactive")

    def on_activate(self, _: LifecycleState) -> TransitionCallbackReturn:
        """Begin to stream."""
        return self._step(self.start, then="active")

    def on_deactivate(self, _: LifecycleState) -> TransitionCallbackReturn:
        """Stop streaming, keep what is open."""
        return self._step(self.stop, then="inactive")

    def on_cleanup(self, _: LifecycleState) -> TransitionCallbackReturn:
        """Release everything."""
        return self._step(self.release, then="unconfigured")

    def on_shutdown(self, _: LifecycleState) -> TransitionCallbackReturn:
        """Stop and release whatever the state."""
        self.close()
        return TransitionCallbackReturn.SUCCESS

    def close(self) -> None:
        """Report once more, stop and release; safe in every state and more than once."""
        if self._state == "active":
            self.stop()
            self.report()
        if self._state in ("active", "inactive"):
            self.release()
        self._state = "closed"

    def destroy_node(self) -> None:
        """Destroy the node and its lifecycle services, which rclpy keeps in the graph until the object is collected."""
        super().destroy_node()
        for name in [name for name in vars(self) if name == "_state_machine" or name.startswith("_service_")]:
            delattr(self, name)

    def fail(self, reason: str) -> None:
        """Record that the stage stopped working; shown in status, diagnostics and the log. From any thread."""
        self.failure = reason
        self.get_logger().error(reason)

    def configured(self) -> bool:
        """Say whether the stage is open, so that parameters that are not live may not change."""
        return self._state != "unconfigured"

    def now_ns(self) -> int:
        """Give host time in ns since the epoch: the system's clock, or /clock where `use_sim_time` is true."""
        return int(self.get_clock().now().nanoseconds)

    def report(self) -> None:
        """Publish status and, at every second call, diagnostics."""
        now_s, reading = time.monotonic(), self.reading()
        state, message = self._shown(reading)
        before_s, previous = self._last_reading
        self._last_reading = (now_s, reading)
        status = status_message(
            reading,
            rates_between(previous, reading, now_s - before_s),
            header=header(self.now_ns(), ""),
            stage=self.stage,
            state=state,
            message=message,
        )
        self._status.publish(status)
        self._readings += 1
        if self._readings % DIAGNOSTICS_EVERY == 0:
            entry = self._diagnosis.entry(status, hardware_id=reading.hardware_id, now_s=now_s, details=self.details())
            self._diagnostics.publish(DiagnosticArray(header=status.header, status=[entry]))

    def _shown(self, reading: StageReading) -> tuple[str, str]:
        """Give state and message as status shows them."""
        if self.failure:
            return "failed", self.failure
        if self._state != "active":
            return self._state, reading.error
        return ("finished", reading.error) if self.finished else (self.trouble() or ("active", reading.error))

    def _step(self, action: Any, *, then: str) -> TransitionCallbackReturn:
        # Before, not after: a source may fail on its own thread while the transition still runs.
        self.failure = None
        try:
            action()
        except AestreamError as error:
            self.fail(str(error))
            return TransitionCallbackReturn.FAILURE
        self._state = then
        return TransitionCallbackReturn.SUCCESS

    def _autostart(self) -> None:
        for trigger in (self.trigger_configure, self.trigger_activate):
            if trigger() != TransitionCallbackReturn.SUCCESS:
                raise AestreamError(self.failure or f"{self.stage} could not start")

    def _apply(self, config: Config) -> None:
        if self._state in ("active", "inactive"):
            self.reconfigure(config)
        self.config = config
