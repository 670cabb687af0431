"""File formats: one row each in `table.py`; `aestream_core.files` is how to use them."""
