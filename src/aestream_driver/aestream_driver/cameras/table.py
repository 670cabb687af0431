"""The table of camera models: a new one is one file and one row."""

from aestream_driver.cameras import (
    centuryarks_vga,
    dv_camera,
    inivation_davis346,
    inivation_dvxplorer,
    prophesee_evk3_hd,
    prophesee_evk4,
)
from aestream_driver.cameras.base import CameraModel

CAMERAS: dict[str, CameraModel] = {
    module.MODEL.name: module.MODEL
    for module in (
        prophesee_evk4,
        prophesee_evk3_hd,
        centuryarks_vga,
        inivation_davis346,
        inivation_dvxplorer,
        dv_camera,
    )
}
