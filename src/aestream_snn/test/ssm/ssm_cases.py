"""Models, streams and the independent loop that the tests of state-space models share."""

import itertools
import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch

from aestream_snn.ssm import EventSSM, SSMConfig

GOLDEN = Path(__file__).resolve().parents[5] / "shared" / "data" / "golden_event_ssm.npz"
GOLDEN_NAMES = ("A_async_avg", "B_async_timepool", "C_zoh_last", "D_dirac_avg")
POOLINGS, DISCRETISATIONS, NORMS = ("avg", "last", "time"), ("zoh", "dirac", "async"), ("layer", "batch")
SHAPES = list(itertools.product(POOLINGS, DISCRETISATIONS, NORMS))


class Golden:
    """One configuration computed by the original."""

    def __init__(self, name: str) -> None:
        if not GOLDEN.exists():
            pytest.skip(f"{GOLDEN} is not here")
        data = np.load(GOLDEN)
        self.settings: dict[str, Any] = json.loads(str(data[f"{name}/cfg"]))
        self.tree = {key.split("/p/")[1]: data[key] for key in data.files if key.startswith(f"{name}/p/")}
        self.tokens, self.gaps = data[f"{name}/tok"], data[f"{name}/dt"]
        self.lengths, self.logits = data[f"{name}/len"], data[f"{name}/logits"]
        if name == "C_zoh_last":  # upstream's readout 'last' takes the last row whatever the length
            self.lengths = np.full(3, self.tokens.shape[1])

    def expected(self, index: int) -> np.ndarray:
        """Give scores; upstream's time-weighted readout divides by all gaps, ours by those up to the length."""
        if self.settings["ssm"]["classification_mode"] != "timepool":
            scores: np.ndarray = self.logits[index]
            return scores
        return self.logits[index] * self.gaps[index].sum() / self.gaps[index, : self.lengths[index]].sum()


def random_model(**changes: Any) -> EventSSM:
    """Give a small model none of whose parameters is 0 or 1."""
    torch.manual_seed(3)
    settings = {
        "tokens": 50,
        "classes": 7,
        "width": 24,
        "states": 32,
        "block": 8,
        "stages": 2,
        "layers": 2,
        "stride": 3,
    }
    model = EventSSM(SSMConfig(**{**settings, **changes}))
    for name, value in [*model.named_parameters(), *model.named_buffers()]:
        if "norm" in name or name.endswith("bias"):
            torch.nn.init.uniform_(value, 0.5, 1.5) if value.is_floating_point() else None
    return model.eval()


def random_stream(events: int = 300, *, seed: int = 0, tokens: int = 50) -> tuple[np.ndarray, np.ndarray]:
    """Give tokens and times in µs with gaps of nothing, of µs and of minutes."""
    rng = np.random.default_rng(seed)
    gaps = rng.choice(
        [0, 1, 7, 63, 64, 5_000, 300_000, 90_000_000], events, p=[0.1, 0.2, 0.2, 0.1, 0.1, 0.2, 0.09, 0.01]
    )
    return rng.integers(0, tokens, events), np.cumsum(gaps)


def random_cuts(events: int, *, seed: int = 0) -> list[tuple[int, int]]:
    """Cut a stream into packets of 0, 1 and many events."""
    inner = np.random.default_rng(seed).integers(0, events, 8).tolist()
    return list(itertools.pairwise(sorted([0, *inner, inner[0], events])))


def loop_float64(model: EventSSM, tokens: np.ndarray, gaps: np.ndarray) -> np.ndarray:
    """Score a stream as the equations of the paper read: NumPy, float64, one event at a time, no code of ours."""
    config = model.config
    weights = {name: value.detach().numpy().astype(np.float64) for name, value in model.state_dict().items()}
    rows = [
        (weights["embedding.weight"][token], gap) for token, gap in zip(tokens, gaps.astype(np.float64), strict=True)
    ]
    for index in range(config.stages * config.layers):
        stride = config.stride if index % config.layers == 0 else 1
        part = {name.split(".", 2)[2]: value for name, value in weights.items() if name.startswith(f"stack.{index}.")}
        rows = _layer(config, part, rows, stride)
    if config.readout == "last":
        pooled = rows[-1][0]
    else:
        share = [gap + 1e-6 if config.readout == "time" else 1.0 for _, gap in rows]
        pooled = sum(w * x for w, (x, _) in zip(share, rows, strict=True)) / sum(share)
    return weights["head.weight"] @ pooled + weights["head.bias"]


def _norm(config: SSMConfig, part: dict[str, np.ndarray], x: np.ndarray) -> np.ndarray:
    if config.norm == "layer":
        x = (x - x.mean()) / np.sqrt(x.var() + 1e-6)
    else:
        x = (x - part["norm.running_mean"]) / np.sqrt(part["norm.running_var"] + 1e-5)
    return x * part["norm.weight"] + part["norm.bias"]


def _layer(config: SSMConfig, part: dict[str, np.ndarray], rows: list, stride: int) -> list:
    real = np.minimum(part["ssm.rate_re"], -1e-4) if config.clip else part["ssm.rate_re"]
    rate, step = real + 1j * part["ssm.rate_im"], np.exp(part["ssm.log_step"])
    b = part["ssm.b"][..., 0] + 1j * part["ssm.b"][..., 1]
    c = part["ssm.c"][..., 0] + 1j * part["ssm.c"][..., 1]
    h, out, window = np.zeros(len(rate), complex), [], []
    for x, gap in rows:
        decay = np.exp(rate * step * gap)
        gain = {"zoh": (decay - 1) / rate, "dirac": 1.0, "async": (np.exp(rate * step) - 1) / rate}[
            config.discretisation
        ]
        u = _norm(config, part, x)
        h = decay * h + gain * (b @ u)
        window.append((x, u, gap, h))
        if len(window) < stride:
            continue
        gaps = np.array([each[2] for each in window])
        share = {"avg": np.ones(stride), "last": np.arange(stride) == 0, "time": gaps + 1e-6}[config.pooling]
        skip, pooled = (sum(w * each[i] for w, each in zip(share / share.sum(), window, strict=True)) for i in (0, 1))
        d = part["ssm.d"]
        y = (2 if config.conjugate else 1) * (c @ window[0][3]).real + (d * pooled if d.ndim == 1 else d @ pooled)
        gelu = 0.5 * y * (1 + np.tanh(np.sqrt(2 / np.pi) * (y + 0.044715 * y**3)))
        z = y / (1 + np.exp(-(part["gate.weight"] @ gelu + part["gate.bias"])))
        if "skip.weight" in part:
            skip = part["skip.weight"] @ skip + part["skip.bias"]
        out.append((skip + z, gaps.sum()))
        window = []
    return out
