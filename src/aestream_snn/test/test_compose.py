"""Words become configurations: groups, values, and texts as they stand."""

import pytest

from aestream_core.errors import InvalidArgumentError, UnknownNameError
from aestream_snn.training.compose import GROUPS, compose_config, group_choices


@pytest.mark.parametrize(("group", "name"), [(group, name) for group in GROUPS for name in group_choices(group)])
def test_every_file_of_every_group_is_a_valid_configuration(group, name):
    assert compose_config((f"{group}={name}",))


def test_the_task_follows_the_data():
    assert compose_config(("data=nmnist",)).task.patience == 5
    assert compose_config(("data=nmnist", "task=simgesture")).task.patience == 0


def test_settings_that_are_not_there_are_refused():
    with pytest.raises(UnknownNameError, match="unknown setting in task 'epoch'; known: batch"):
        compose_config(("task.epoch=3",))
    with pytest.raises(UnknownNameError, match="unknown data 'mnist'; known: dvs_gesture"):
        compose_config(("data=mnist",))
    with pytest.raises(InvalidArgumentError, match="'epochs' is no setting"):
        compose_config(("epochs",))
    with pytest.raises(InvalidArgumentError, match="epochs is 0; it must be 1 to 100000"):
        compose_config(("task.epochs=0",))


@pytest.mark.parametrize("path", ["/a b/é'#=,([", "2026-11-21", "123", "'/quoted/as before'", "null"])
def test_texts_are_taken_as_they_stand(path):
    wanted = {"'/quoted/as before'": "/quoted/as before", "null": None}.get(path, path)
    assert compose_config(("data=nmnist", f"data.data_dir={path}")).data.data_dir == wanted


def test_a_path_may_begin_with_the_home_folder(monkeypatch):
    monkeypatch.setenv("HOME", "/home/someone")
    assert compose_config(("logging.folder=~/runs",)).logging.folder == "/home/someone/runs"


def test_a_group_within_a_group_is_no_single_value():
    with pytest.raises(InvalidArgumentError, match=r"data.frames is 3; it has settings of its own"):
        compose_config(("data.frames=3",))
