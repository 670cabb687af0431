"""The settings of the camera as parameters of the node, known once it is known which camera it is."""

from collections.abc import Callable
from dataclasses import fields
from typing import Any

from rclpy.node import Node

from aestream_driver.cameras.base import CameraModel
from aestream_driver.cameras.names import AUTO
from aestream_driver.cameras.table import CAMERAS
from aestream_driver.config import DriverConfig
from aestream_driver.sources.camera_opening import SelectedCamera, select_camera
from aestream_ros.params import ConfigGroup, declare_config


class CameraSettings:
    """Declares the parameters of a camera model, and follows them.

    Attributes:
        values: the settings in force, an object of the model's class; None before the model is known.
    """

    def __init__(
        self, node: Node, groups: list[ConfigGroup[Any]], apply: Callable[[Any], None], frozen: Callable[[], bool]
    ) -> None:
        """Wait for a camera.

        Args:
            node: gets the parameters.
            groups: where the node's groups of parameters are.
            apply: takes changed settings; may refuse them with an `AestreamError`.
            frozen: whether settings that are not `live` may not change now.
        """
        self.values: Any = None
        self._node = node
        self._groups = groups
        self._apply = apply
        self._frozen = frozen
        self._group: ConfigGroup[Any] | None = None

    def declare_early(self, config: DriverConfig) -> None:
        """Declare the parameters of a model that is named, before its camera is looked for."""
        if config.source == "camera" and config.camera != AUTO:
            self._declare(CAMERAS[config.camera])

    def select(self, config: DriverConfig) -> SelectedCamera | None:
        """Find the camera that the node is to read, declare its parameters, and give it with its settings.

        Raises:
            AestreamError: it is not there, or a parameter is not allowed.
        """
        if config.source != "camera":
            return None
        camera = select_camera(config.camera, config.serial)
        self._declare(camera.model)
        return camera.with_settings(self.values)

    def _declare(self, model: CameraModel) -> None:
        if isinstance(self.values, model.settings):
            return
        self._withdraw()
        self.values = declare_config(self._node, model.settings)
        self._group = ConfigGroup(current=lambda: self.values, apply=self._take, frozen=self._frozen)
        self._groups.append(self._group)

    def _withdraw(self) -> None:
        if self._group is not None:
            self._groups.remove(self._group)
            for each in fields(self.values):
                self._node.undeclare_parameter(each.name)

    def _take(self, settings: Any) -> None:
        self._apply(settings)
        self.values = settings
