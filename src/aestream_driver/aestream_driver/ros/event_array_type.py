"""The message class EventArray of a package that need not be installed."""

from importlib import import_module
from typing import Any

from aestream_core.errors import FormatError, MissingDependencyError
from aestream_driver.encoding import AUTO
from aestream_driver.event_arrays import EVENT_FIELDS, PACKAGES


def event_array_class(package: str) -> tuple[str, Any]:
    """Import the message class.

    Args:
        package: one of `PACKAGES`, or auto for the first of them that is installed.

    Returns:
        Name of the package, and its class EventArray.

    Raises:
        MissingDependencyError: none of the packages asked for is installed.
        FormatError: the package's messages have other fields than those known.
    """
    candidates = PACKAGES if package == AUTO else (package,)
    for name in candidates:
        try:
            module = import_module(f"{name}.msg")
        except ModuleNotFoundError:
            continue
        _check_fields(name, module)
        return name, module.EventArray
    raise MissingDependencyError(
        f"no package with an EventArray message is installed; looked for: {', '.join(candidates)}. "
        "Build one of them in the workspace that this one is sourced on top of"
    )


def _check_fields(package: str, module: Any) -> None:
    expected = {
        "header": "std_msgs/Header",
        "height": "uint32",
        "width": "uint32",
        "events": f"sequence<{package}/Event>",
    }
    for name, fields in (("EventArray", expected), ("Event", EVENT_FIELDS)):
        found = getattr(module, name).get_fields_and_field_types()
        if list(found.items()) != list(fields.items()):
            raise FormatError(f"{package}/{name} has the fields {dict(found)}; known is {fields}")
