"""What can be wrong with a network or with a chip, as part of the suite's one error tree."""

from collections.abc import Sequence
from dataclasses import dataclass

from aestream_core.errors import AestreamError, InvalidArgumentError


@dataclass(frozen=True)
class Violation:
    """One limit of the chip that a network breaks.

    Attributes:
        layer: name of the layer; "network" where it concerns all.
        limit: name of the limit, one of `LIMIT_NAMES` of `aestream_bridge.speck.limits`.
        message: one line that names layer and limit, the value and what is allowed.
    """

    layer: str
    limit: str
    message: str


class PlanError(InvalidArgumentError):
    """A network does not fit a chip.

    Attributes:
        violations: every limit that was found broken, in the order of the layers; never empty.
    """

    def __init__(self, violations: Sequence[Violation]) -> None:
        """Say the first of them in one line, and how many more there are."""
        more = f" (and {len(violations) - 1} more)" if len(violations) > 1 else ""
        super().__init__(violations[0].message + more)
        self.violations = tuple(violations)


class SpeckError(AestreamError):
    """A chip, or what takes its place, did not do what it was asked to."""
