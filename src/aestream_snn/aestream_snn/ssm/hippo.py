"""Where the rates of a state-space model begin: the normal part of HiPPO-LegS, in blocks."""

import numpy as np
import numpy.typing as npt

Complex = npt.NDArray[np.complex128]


def legs_normal(size: int) -> npt.NDArray[np.float64]:
    """Give the (size, size) normal part of HiPPO-LegS, S = A + p pᵀ.

    A, with A_nk = -sqrt((2n+1)(2k+1)) for n > k and -(n+1) for n = k, is that of Gu et al. 2020 (arXiv:2008.07669,
    HiPPO-LegS). It is normal up to rank one (Gu et al. 2022, arXiv:2111.00396, S4), p_n = sqrt(n + 1/2); models that
    are diagonal begin with the normal part alone (Gupta et al. 2022, arXiv:2203.14343). event_ssm/ssm_init.py:
    make_HiPPO, make_NPLR_HiPPO.
    """
    n = np.arange(size)
    root = np.sqrt(2 * n + 1)
    lower = np.tril(np.outer(root, root), -1) + np.diag(n + 1.0)
    p = np.sqrt(n + 0.5)
    normal: npt.NDArray[np.float64] = np.outer(p, p) - lower
    return normal


def block_legs(states: int, block: int, *, conjugate: bool) -> tuple[Complex, Complex, Complex]:
    """Diagonalise one block and repeat it (Smith et al. 2023, arXiv:2208.04933, block-diagonal initialisation).

    Real parts are the mean of the diagonal, imaginary parts the eigenvalues of -iS (event_ssm/ssm_init.py:
    make_DPLR_HiPPO; event_ssm/ssm.py: S5SSM.setup).

    Args:
        states: number of states before conjugates are left out.
        block: states of one block; divides `states`.
        conjugate: keep only the first half of each block: one state of each conjugate pair.

    Returns:
        Rates (P,), eigenvectors V (states, P) and its inverse (P, states); P is `states`, or half.
    """
    normal = legs_normal(block)
    imaginary, vectors = np.linalg.eigh(normal.astype(complex) * -1j)
    rates = np.mean(np.diag(normal)) + 1j * imaginary
    kept = block // 2 if conjugate else block
    repeat = states // block
    v = np.kron(np.eye(repeat), vectors[:, :kept])
    inverse = np.kron(np.eye(repeat), vectors.conj().T[:kept])
    return np.tile(rates[:kept], repeat), v, inverse
