import numpy as np
import numpy.typing as npt

def count(words: npt.NDArray[np.int64], frame: npt.NDArray[np.float32]) -> int: ...
