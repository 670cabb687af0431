"""A model's weights as arrays, as the engines take them: gains and constant factors folded in."""

from collections.abc import Iterator

import numpy as np
import numpy.typing as npt
import torch

from aestream_core.errors import InvalidArgumentError
from aestream_snn.ssm.block import SSMLayer
from aestream_snn.ssm.discretise import input_gain
from aestream_snn.ssm.model import EventSSM
from aestream_snn.ssm.norms import MaskedBatchNorm


def network_arrays(model: EventSSM, *, tick_ms: float, forget_ms: float) -> dict[str, object]:
    """Give what stands before and behind the layers: embedding, head and how outputs are read.

    Args:
        model: the network.
        tick_ms: one unit of time.
        forget_ms: time in which the readout forgets to 1/e; 0 is never.
    """
    config = model.config
    return {
        "width": config.width, "pooling": config.pooling, "readout": config.readout, "tick_ms": tick_ms,
        "forget_ms": forget_ms, "upstream_time": config.upstream_time,
        "embedding": model.embedding.weight.numpy(), "head": model.head.weight.numpy(),
        "head_bias": model.head.bias.numpy(),
    }  # fmt: skip


def layer_arrays(model: EventSSM, *, tick_ms: float) -> Iterator[dict[str, object]]:
    """Give each layer's arrays, in order.

    `rates` (P,) are Λ Δ for one tick; `b` (2, P, into) holds real and imaginary part of B, times γ where that is
    constant; `gains` (P,) are 1 / Λ for `zoh`, to be multiplied with exp(ΛΔδ) - 1, otherwise empty; `c` (out, 2, P)
    are real part and negative imaginary part of C, twice that where a state stands for a conjugate pair.

    Raises:
        InvalidArgumentError: a real part is over 0.
    """
    for layer in model.layers():
        scale, bias = _norm(layer)
        yield {
            "into": layer.norm.weight.numel(), "out": layer.gate.out_features, "stride": layer.stride,
            "layer_norm": not isinstance(layer.norm, MaskedBatchNorm), "norm_scale": scale, "norm_bias": bias,
            **_ssm_arrays(layer, tick_ms),
            "gate": layer.gate.weight.numpy(), "gate_bias": layer.gate.bias.numpy(), **_skip(layer),
        }  # fmt: skip


def _norm(layer: SSMLayer) -> tuple[npt.NDArray[np.float32], npt.NDArray[np.float32]]:
    norm = layer.norm
    if not isinstance(norm, MaskedBatchNorm):
        return norm.weight.numpy(), norm.bias.numpy()
    assert norm.running_mean is not None
    assert norm.running_var is not None
    scale = norm.weight * torch.rsqrt(norm.running_var + norm.eps)
    return scale.numpy(), (norm.bias - norm.running_mean * scale).numpy()


def _skip(layer: SSMLayer) -> dict[str, object]:
    nothing = np.zeros(0, np.float32)
    if not isinstance(layer.skip, torch.nn.Linear):
        return {"skip": nothing, "skip_bias": nothing}
    return {"skip": layer.skip.weight.numpy(), "skip_bias": layer.skip.bias.numpy()}


def _ssm_arrays(layer: SSMLayer, tick_ms: float) -> dict[str, object]:
    ssm = layer.ssm
    rates, steps = (each.to(torch.promote_types(each.dtype, torch.float64)) for each in ssm.rates())
    if not bool((rates.real <= 0).all()):
        raise InvalidArgumentError("a rate has a real part over 0: states would grow without bounds")
    b = torch.view_as_complex(ssm.b).to(torch.complex128)
    gains = torch.zeros(0, dtype=torch.complex128)
    if ssm.config.discretisation == "zoh":
        gains = steps / rates
    else:
        gain = input_gain(ssm.config.discretisation, rates, steps, steps)
        b = b if gain is None else b * gain[:, None]
    scale = 2.0 if ssm.config.conjugate else 1.0
    c = ssm.c.transpose(1, 2) * ssm.c.new_tensor([scale, -scale])[:, None]
    return {
        "rates": (rates * tick_ms).numpy(), "gains": gains.numpy(), "d": ssm.d.numpy(),
        "b": torch.stack([b.real, b.imag]).float().numpy(), "c": c.contiguous().numpy(),
    }  # fmt: skip
