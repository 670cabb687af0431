"""Predictions to messages."""

from aestream_msgs.msg import Prediction as PredictionMessage
from std_msgs.msg import Header

from aestream_bridge.speck.readout import Prediction


def prediction_message(
    prediction: Prediction,
    *,
    seq: int,
    header: Header,
    model: str,
    labels: tuple[str, ...],
    event_count: int,
    latency_ms: float,
) -> PredictionMessage:
    """Make the message: scores are spikes a class in the window, so they are not normalised."""
    return PredictionMessage(
        header=header,
        seq=seq,
        model=model,
        labels=list(labels),
        scores=prediction.scores.tolist(),
        normalized=False,
        best=prediction.best,
        t_us=prediction.end_us - 1,
        event_count=event_count,
        latency_ms=max(latency_ms, 0.0),
    )
