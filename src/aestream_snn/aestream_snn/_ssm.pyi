from typing import overload

import numpy as np
import numpy.typing as npt

_C64 = npt.NDArray[np.complex64]
_C128 = npt.NDArray[np.complex128]
_F32 = npt.NDArray[np.float32]

@overload
def scan(a: _C64, x: _C64, initial: _C64, h: _C64, threads: int) -> None: ...
@overload
def scan(a: _C128, x: _C128, initial: _C128, h: _C128, threads: int) -> None: ...
@overload
def scan_backward(
    a: _C64, h: _C64, initial: _C64, grad: _C64, grad_a: _C64, grad_x: _C64, threads: int
) -> None: ...
@overload
def scan_backward(
    a: _C128, h: _C128, initial: _C128, grad: _C128, grad_a: _C128, grad_x: _C128, threads: int
) -> None: ...

class State:
    events: int
    outputs: int
    resets: int
    outside: int
    def copy(self) -> State: ...

class Engine:
    def __init__(self, network: dict[str, object], layers: list[dict[str, object]]) -> None: ...
    def start(self) -> State: ...
    def scores(self, state: State) -> _F32: ...
    def push_tokens(self, tokens: npt.NDArray[np.uint32], ticks: npt.NDArray[np.int64], state: State) -> _F32: ...
    def push_words(self, words: npt.NDArray[np.int64], t0: int, width: int, height: int, state: State) -> _F32: ...
