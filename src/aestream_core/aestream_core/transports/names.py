"""The names of all transports; apart from the table, because configurations are read without the libraries."""

from typing import Literal, get_args

Transport = Literal["dds", "iceoryx2"]
TRANSPORTS: tuple[str, ...] = get_args(Transport)
