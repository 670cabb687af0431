"""Configuration that cannot be invalid."""

from dataclasses import dataclass

import pytest

from aestream_core.config import setting, validate
from aestream_core.errors import InvalidArgumentError


@dataclass(frozen=True)
class Example:
    window_us: int = setting(10, "window", unit="us", bounds=(1, 100))
    rate_hz: float = setting(1.0, "rate", unit="Hz", bounds=(0.0, 5.0))
    scene: str = setting("bar", "scene", choices=("bar", "disc"))
    limit_us: int | None = setting(None, "limit", unit="us", bounds=(1, 9))

    def __post_init__(self) -> None:
        validate(self)


def test_defaults_whole_numbers_for_real_ones_and_none_where_allowed_pass() -> None:
    assert Example(rate_hz=2, limit_us=None).rate_hz == 2


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"window_us": 0}, "window_us is 0; it must be 1 to 100 us"),
        ({"window_us": 1.5}, "window_us is 1.5; it must be of type int"),
        ({"window_us": True}, "window_us is True; it must be of type int"),
        ({"rate_hz": float("nan")}, "rate_hz is nan; it must be 0 to 5 Hz"),
        ({"rate_hz": "fast"}, "rate_hz is 'fast'; it must be of type float or int"),
        ({"scene": "bart"}, "scene is 'bart'; it must be one of bar, disc"),
        ({"limit_us": 10}, "limit_us is 10; it must be 1 to 9 us"),
    ],
)
def test_a_bad_value_is_refused_with_name_value_and_what_is_allowed(change: dict[str, object], message: str) -> None:
    with pytest.raises(InvalidArgumentError, match=message):
        Example(**change)  # type: ignore[arg-type]
