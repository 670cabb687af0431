"""What flax and orbax wrote is read without JAX; `checkpoints/` holds two of a small model, by write_orbax.py."""

import os
import shutil
import subprocess
import sys
from importlib.util import find_spec
from pathlib import Path

import numpy as np
import pytest
import torch
from ssm_cases import GOLDEN_NAMES, Golden

from aestream_core.errors import FormatError, MissingDependencyError
from aestream_snn.ssm.orbax_files import read_orbax
from aestream_snn.ssm.upstream import flatten, import_upstream, upstream_config
from aestream_snn.ssm.weights import load_model

DATA = Path(__file__).parent / "checkpoints"
LAYOUTS = {"packed": "msgpack", "ocdbt": "tensorstore"}
ORBAX_PYTHON = os.environ.get("AESTREAM_ORBAX_PYTHON", sys.executable if find_spec("orbax") else "")
"""A Python with JAX, flax and orbax, to write checkpoints of today's versions."""


def checkpoint(layout: str) -> Path:
    pytest.importorskip(LAYOUTS[layout])
    return DATA / layout / "checkpoint_3"


def same_weights(folder: Path) -> bool:
    model = load_model(DATA / "model.safetensors")
    read = import_upstream(read_orbax(folder), model.config).state_dict()
    return all(torch.equal(read[name], value) for name, value in model.state_dict().items() if "tracked" not in name)


@pytest.mark.parametrize("layout", LAYOUTS)
def test_weights_and_batch_statistics_of_both_layouts_are_those_that_were_saved(layout: str) -> None:
    assert same_weights(checkpoint(layout))


@pytest.mark.parametrize("layout", LAYOUTS)
def test_of_several_steps_the_last_is_read(layout: str, tmp_path: Path) -> None:
    shutil.copytree(checkpoint(layout), tmp_path / "checkpoint_12")
    (tmp_path / "checkpoint_9").mkdir()
    assert same_weights(tmp_path)


def test_an_item_of_a_checkpoint_manager_is_found(tmp_path: Path) -> None:
    shutil.copytree(checkpoint("ocdbt"), tmp_path / "7" / "default")
    assert same_weights(tmp_path)


def test_flaxs_single_file_is_read(tmp_path: Path) -> None:
    shutil.copy(checkpoint("packed") / "checkpoint", tmp_path / "checkpoint_3")
    assert same_weights(tmp_path)


@pytest.mark.parametrize("driver", ["zarr", "zarr3"])
def test_a_key_value_store_of_either_zarr_is_read(driver: str, tmp_path: Path) -> None:
    tensorstore = pytest.importorskip("tensorstore")
    value, store = np.arange(6, dtype=np.float32).reshape(2, 3), {"driver": "ocdbt", "base": f"file://{tmp_path}/"}
    for name in ("params.decoder.bias", "opt_state.0.mu.decoder.bias"):
        inside = {"driver": driver, "kvstore": {**store, "path": f"{name}/"}}
        made = tensorstore.open(inside, create=True, dtype="float32", shape=value.shape).result()
        made.write(value).result()
    assert list(flatten(read_orbax(tmp_path))) == ["decoder.bias"]
    np.testing.assert_array_equal(flatten(read_orbax(tmp_path))["decoder.bias"], value)


def test_an_array_a_folder_as_old_orbax_wrote_is_read(tmp_path: Path) -> None:
    tensorstore = pytest.importorskip("tensorstore")
    inside = {"driver": "file", "path": f"{tmp_path}/params.decoder.bias/"}
    made = tensorstore.open({"driver": "zarr", "kvstore": inside}, create=True, dtype="float32", shape=[4]).result()
    made.write(np.ones(4, np.float32)).result()
    np.testing.assert_array_equal(flatten(read_orbax(tmp_path))["decoder.bias"], np.ones(4))


@pytest.mark.parametrize("layout", LAYOUTS)
def test_damaged_files_are_refused_with_one_line(layout: str, tmp_path: Path) -> None:
    shutil.copytree(checkpoint(layout), tmp_path / "checkpoint_3")
    for file in [each for each in tmp_path.rglob("*") if each.is_file() and not each.name.startswith("_")]:
        file.write_bytes(file.read_bytes()[: file.stat().st_size // 2])
    with pytest.raises(FormatError, match=r"checkpoint_3.* is damaged: ") as caught:
        read_orbax(tmp_path)
    assert "\n" not in str(caught.value)


def test_what_is_no_checkpoint_is_refused(tmp_path: Path) -> None:
    with pytest.raises(FormatError, match="there is no such folder or file"):
        read_orbax(tmp_path / "nowhere")
    with pytest.raises(FormatError, match="holds no checkpoint: no checkpoint_STEP"):
        read_orbax(tmp_path)


def test_a_checkpoint_without_parameters_is_refused(tmp_path: Path) -> None:
    msgpack = pytest.importorskip("msgpack")
    (tmp_path / "checkpoint").write_bytes(msgpack.packb({"step": 3, "params": {}}))
    with pytest.raises(FormatError, match="holds no parameters"):
        read_orbax(tmp_path)


@pytest.mark.parametrize("layout", LAYOUTS)
def test_one_is_told_what_to_install(layout: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, LAYOUTS[layout], None)
    with pytest.raises(
        MissingDependencyError, match=rf"needs {LAYOUTS[layout]}: pip install -r requirements/orbax\.txt"
    ):
        read_orbax(DATA / layout)


@pytest.mark.skipif(
    not ORBAX_PYTHON, reason="orbax is not installed; AESTREAM_ORBAX_PYTHON may name a Python that has it"
)
@pytest.mark.parametrize("name", GOLDEN_NAMES)
def test_a_checkpoint_of_orbax_as_installed_gives_the_originals_scores(name: str, tmp_path: Path) -> None:
    golden = Golden(name)
    np.savez(tmp_path / "tree.npz", **{f"params.{key}": value for key, value in golden.tree.items()})
    command = [ORBAX_PYTHON, Path(__file__).with_name("write_orbax.py"), tmp_path / "tree.npz", tmp_path / "saved"]
    subprocess.run(command, check=True, capture_output=True, env={"PATH": os.environ["PATH"], "JAX_PLATFORMS": "cpu"})
    model = import_upstream(read_orbax(tmp_path / "saved"), upstream_config(golden.settings, tokens=40, classes=5))
    tokens, gaps, lengths = (torch.from_numpy(each) for each in (golden.tokens, golden.gaps, golden.lengths))
    with torch.no_grad():
        scores = model(tokens, gaps, lengths).numpy()
    np.testing.assert_allclose(scores[1], golden.expected(1), atol=1e-5)
