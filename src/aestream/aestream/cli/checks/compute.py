"""PyTorch, the GPU and Triton."""

from pathlib import Path

from aestream.cli.checks.base import Finding, try_import, version_of

_DRIVER_VERSION = Path("/proc/driver/nvidia/version")


def check_torch() -> Finding:
    """Check that PyTorch and the surfaces on top of it load."""
    module = try_import("torch")
    if isinstance(module, str):
        return Finding("PyTorch", "missing", module, "make setup", required=True)
    surfaces = try_import("aestream_gpu")
    if isinstance(surfaces, str):
        return Finding("PyTorch", "problem", f"{module.__version__}, but aestream_gpu: {surfaces}", "make setup", True)
    return Finding("PyTorch", "ok", str(module.__version__), required=True)


def check_gpu(driver_version: Path = _DRIVER_VERSION) -> Finding:
    """Say which GPUs there are; the CPU does the work where there is none."""
    torch = try_import("torch")
    if isinstance(torch, str):
        return Finding("GPU", "missing", "needs PyTorch", "make setup")
    if torch.cuda.is_available():
        names = [torch.cuda.get_device_name(index) for index in range(torch.cuda.device_count())]
        return Finding("GPU", "ok", f"{', '.join(names)}; CUDA {torch.version.cuda}")
    if driver_version.exists():
        detail = f"an NVIDIA driver is there, but PyTorch {torch.__version__} sees no GPU"
        return Finding("GPU", "problem", detail, "nvidia-smi; then install a PyTorch for its CUDA version: pytorch.org")
    return Finding("GPU", "missing", "no NVIDIA driver; the CPU does the work", "sudo ubuntu-drivers install")


def check_triton() -> Finding:
    """Check that Triton is there, which the GPU kernels need."""
    version = version_of("triton")
    if version:
        return Finding("Triton", "ok", version)
    return Finding("Triton", "missing", "runs the kernels on the GPU; the CPU does without", "pip install triton")
