"""The whole network: tokens and gaps in, scores out."""

from collections.abc import Iterator

import torch
from torch import nn

from aestream_snn.ssm.block import SSMLayer
from aestream_snn.ssm.config import SSMConfig
from aestream_snn.ssm.readout import read_out


class EventSSM(nn.Module):
    """State-space model that takes every event as a token with its own time.

    Schöne et al. 2024 (arXiv:2404.18508); event_ssm/seq_model.py: ClassificationModel. An embedding, stages whose first
    layer pools, a readout over the whole recording, a linear head.
    """

    def __init__(self, config: SSMConfig) -> None:
        super().__init__()
        self.config = config
        self.embedding = nn.Embedding(config.tokens, config.width)
        nn.init.normal_(self.embedding.weight, std=config.width**-0.5)
        self.stack = nn.ModuleList(_layers(config))
        features = config.stage(config.stages - 1)[1]
        self.head = nn.Linear(features, config.classes)
        nn.init.zeros_(self.head.bias)

    def layers(self) -> list[SSMLayer]:
        """Give the layers in order."""
        return [layer for layer in self.stack if isinstance(layer, SSMLayer)]

    def features(
        self, tokens: torch.Tensor, gaps_ms: torch.Tensor, lengths: torch.Tensor
    ) -> tuple[torch.Tensor, torch.Tensor, torch.Tensor]:
        """Give outputs of the last layer (B, L', D), their gaps (B, L') and how many are no padding (B,)."""
        there = torch.arange(tokens.shape[1], device=tokens.device) < lengths[:, None]
        gaps_ms = gaps_ms * there
        x = self.embedding(torch.where(there, tokens, 0)) * there[..., None]
        for layer in self.layers():
            x, gaps_ms, lengths = layer(x, gaps_ms, lengths)
        return x, gaps_ms, lengths

    def forward(self, tokens: torch.Tensor, gaps_ms: torch.Tensor, lengths: torch.Tensor | None = None) -> torch.Tensor:
        """Score recordings.

        Args:
            tokens: (B, L) integers; whatever stands behind `lengths` is padding and changes nothing.
            gaps_ms: (B, L) float, gap before each event in ms (after it for `upstream_time`), as `gaps_ms` gives it.
            lengths: (B,) number of events of each recording; L for each if None.

        Returns:
            (B, classes) scores, to be put through a softmax.
        """
        if lengths is None:
            lengths = torch.full((len(tokens),), tokens.shape[1], device=tokens.device)
        x, gaps, counts = self.features(tokens, gaps_ms, lengths)
        scores: torch.Tensor = self.head(read_out(x, gaps, counts, self.config.readout))
        return scores


def _layers(config: SSMConfig) -> Iterator[SSMLayer]:
    for stage in range(config.stages):
        into, out, states = config.stage(stage)
        for index in range(config.layers):
            first = index == 0
            stride = config.stride if first else 1
            yield SSMLayer(config, into=into if first else out, out=out, states=states, stride=stride)
