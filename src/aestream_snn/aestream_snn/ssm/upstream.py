"""Parameters of upstream's Event-SSM (JAX, flax) as ours; upstream's names end here."""

import re
from collections.abc import Iterator, Mapping
from typing import Any

import numpy as np
import numpy.typing as npt
import torch

from aestream_core.errors import FormatError
from aestream_snn.ssm.config import SSMConfig
from aestream_snn.ssm.model import EventSSM

Array = npt.NDArray[np.floating[Any]]
_POOLING = {"last": "last", "avgpool": "avg", "timepool": "time", "pool": "avg"}
_SSM = {"Lambda_re": "rate_re", "Lambda_im": "rate_im", "B": "b", "C": "c", "D": "d", "log_step": "log_step"}
_NORM = {"scale": "weight", "bias": "bias", "mean": "running_mean", "var": "running_var"}
_DENSE = {"kernel": "weight", "bias": "bias"}
_LAYER = re.compile(r"encoder\.stages_(\d+)\.SequenceLayer_(\d+)\.(\w+?)_(\d+)\.(\w+)$")


def flatten(tree: Mapping[str, Any], prefix: str = "") -> dict[str, Array]:
    """Turn a nested parameter tree into names joined by dots; `params` and `batch_stats` at the top are left out."""
    flat: dict[str, Array] = {}
    for key, value in tree.items():
        name = prefix if key in ("params", "batch_stats") and not prefix else f"{prefix}{key}."
        if isinstance(value, Mapping):
            flat.update(flatten(value, name))
        else:
            flat[name.rstrip(".")] = np.asarray(value)
    return flat


def import_upstream(tree: Mapping[str, Any], config: SSMConfig) -> EventSSM:
    """Build a model from upstream's parameters.

    Args:
        tree: nested or flat (names joined by dots) parameters, with `batch_stats` beside them where there are any.
        config: the model; `upstream_config` makes it from upstream's settings.

    Raises:
        FormatError: a parameter is unknown, is missing, has another shape, or is not finite.
    """
    model = EventSSM(config)
    wanted = {name: value for name, value in model.state_dict().items() if not name.endswith("num_batches_tracked")}
    given = dict(_renamed(flatten(tree), config))
    for name in wanted.keys() ^ given.keys():
        raise FormatError(f"parameter {name} is {'missing' if name in wanted else 'not part of this model'}")
    for name, value in given.items():
        shape = tuple(wanted[name].shape)
        if value.size != wanted[name].numel() or not np.isfinite(value).all():
            raise FormatError(f"parameter {name} is {value.shape}; it must be {shape}, of finite numbers")
        given[name] = value.reshape(shape)
    tensors = {name: torch.tensor(value, dtype=torch.float32) for name, value in given.items()}
    model.load_state_dict(tensors, strict=False)
    return model.eval()


def _renamed(flat: Mapping[str, Array], config: SSMConfig) -> Iterator[tuple[str, Array]]:
    for name, value in flat.items():
        ours = _name(name, config)
        if ours is None:
            raise FormatError(f"parameter {name!r} is unknown; known are those of upstream's ClassificationModel")
        yield ours, value.T if name.endswith("kernel") else value


def _name(name: str, config: SSMConfig) -> str | None:
    if name.endswith("encoder.embedding"):
        return "embedding.weight"
    if name.startswith("decoder."):
        return f"head.{_DENSE[name.split('.')[1]]}"
    found = _LAYER.match(name)
    if not found:
        return None
    stage, layer, kind, number, leaf = found.groups()
    part = {"S5SSM": "ssm", "LayerNorm": "norm", "BatchNorm": "norm", "Dense": ("gate", "skip")[int(number) % 2]}.get(
        kind
    )
    table = {"ssm": _SSM, "norm": _NORM}.get(part or "", _DENSE)
    if part is None or leaf not in table:
        return None
    return f"stack.{int(stage) * config.layers + int(layer)}.{part}.{table[leaf]}"


def export_upstream(model: EventSSM) -> dict[str, dict[str, Any]]:
    """Give a model's parameters by upstream's names: what `import_upstream` takes, and flax's `apply`.

    Upstream pairs an event with the gap after it; a model of ours that was trained with the gap before needs its inputs
    shifted there: token i with the gap before it, as `gaps_ms` gives it.

    Returns:
        `params` and, where the model has batch norms, `batch_stats`: nested NumPy arrays.
    """
    tree: dict[str, dict[str, Any]] = {}
    for name, tensor in model.state_dict().items():
        if name.endswith("num_batches_tracked"):
            continue
        value = tensor.detach().cpu().numpy()
        where = _upstream_name(name, model.config)
        top = "batch_stats" if where[-1] in ("mean", "var") else "params"
        _put(tree, (top, *where), _upstream_shape(where[-1], value).copy())
    return tree


def _upstream_name(name: str, config: SSMConfig) -> tuple[str, ...]:
    parts = name.split(".")
    if parts[0] == "embedding":
        return "encoder", "encoder", "embedding"
    if parts[0] == "head":
        return "decoder", _back(_DENSE, parts[1])
    stage, layer = divmod(int(parts[1]), config.layers)
    kinds = {
        "ssm": ("S5SSM_0", _SSM),
        "norm": ("BatchNorm_0" if config.norm == "batch" else "LayerNorm_0", _NORM),
        "gate": ("Dense_0", _DENSE),
        "skip": ("Dense_1", _DENSE),
    }
    kind, table = kinds[parts[2]]
    return "encoder", f"stages_{stage}", f"SequenceLayer_{layer}", kind, _back(table, parts[3])


def _upstream_shape(leaf: str, value: Array) -> Array:
    if leaf == "log_step":
        return value[:, None]
    return value.T if leaf == "kernel" else value


def _back(table: Mapping[str, str], ours: str) -> str:
    return next(theirs for theirs, name in table.items() if name == ours)


def _put(tree: dict[str, Any], where: tuple[str, ...], value: Array) -> None:
    for key in where[:-1]:
        tree = tree.setdefault(key, {})
    tree[where[-1]] = value


def upstream_config(settings: Mapping[str, Any], *, tokens: int, classes: int) -> SSMConfig:
    """Translate upstream's model settings (`ssm_init` and `ssm`, as its YAML files hold them).

    `upstream_time` is set: its checkpoints were trained with the gap to the next event.
    """
    start, ssm = settings["ssm_init"], settings["ssm"]
    return SSMConfig(
        tokens=tokens, classes=classes, width=ssm["d_model"], states=ssm["d_ssm"], block=ssm["ssm_block_size"],
        stages=ssm["num_stages"], layers=ssm["num_layers_per_stage"], stride=ssm["pooling_stride"],
        expansion=ssm["state_expansion_factor"], pooling=_POOLING[ssm["pooling_mode"]],  # type: ignore[arg-type]
        readout=_POOLING[ssm["classification_mode"]],  # type: ignore[arg-type]
        discretisation=ssm["discretization"], norm="batch" if ssm["batchnorm"] else "layer",
        conjugate=start["conj_sym"], clip=start["clip_eigs"], dt_min=start["dt_min"], dt_max=start["dt_max"],
        dropout=ssm["dropout"], upstream_time=True,
    )  # fmt: skip
