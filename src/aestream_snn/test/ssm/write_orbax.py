"""Write parameters as upstream's trainer saves them: `python write_orbax.py TREE.npz FOLDER`, with JAX, flax and orbax.

TREE.npz holds arrays by their dotted names, under `params.` and `batch_stats.`. What is written is upstream's state of
training (event_ssm/train_utils.py): step, parameters, AdamW's moments, a random key and `model_state`. The folders in
`checkpoints/` were written so, by flax 0.8.4 with orbax-checkpoint 0.5.14 (`packed`) and by flax 0.12.0 with
orbax-checkpoint 0.12.8 (`ocdbt`); descriptions that nobody reads were left out.
"""

import sys
from pathlib import Path
from typing import Any

import jax
import jax.numpy as jnp
import numpy as np
import optax
from flax.training import checkpoints, train_state


class TrainState(train_state.TrainState):
    """What upstream keeps beside flax's own fields."""

    key: Any
    model_state: Any


def nested(flat: dict[str, np.ndarray]) -> dict[str, Any]:
    """Turn dotted names into a tree."""
    tree: dict[str, Any] = {"params": {}}
    for name, value in flat.items():
        *folders, leaf = name.split(".")
        part = tree
        for folder in folders:
            part = part.setdefault(folder, {})
        part[leaf] = jnp.asarray(value)
    return tree


def main(source: str, target: str) -> None:
    """Write the checkpoint of step 3."""
    tree = nested(dict(np.load(source)))
    params = tree.pop("params")
    state = TrainState.create(
        apply_fn=None, params=params, tx=optax.adamw(1e-3), key=jax.random.PRNGKey(0), model_state=tree
    )
    folder = str(Path(target).absolute())
    checkpoints.save_checkpoint(ckpt_dir=folder, target=state, step=3, overwrite=True, keep=1)


if __name__ == "__main__":
    main(*sys.argv[1:])
