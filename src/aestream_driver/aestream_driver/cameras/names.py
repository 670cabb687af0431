"""Names of the camera models, one a row of `aestream_driver.cameras.table`."""

CAMERA_NAMES = (
    "prophesee_evk4",
    "prophesee_evk3_hd",
    "centuryarks_vga",
    "inivation_davis346",
    "inivation_dvxplorer",
    "inivation_dv",
)
AUTO = "auto"
"""Takes the one camera that is connected, whatever its model."""
