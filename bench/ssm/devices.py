"""What timing on a GPU needs beside a clock."""

import torch


def wait_for(device: torch.device) -> None:
    """Wait until everything that was asked of a GPU is done; a CPU has always done it."""
    if device.type == "cuda":
        torch.cuda.synchronize(device)


def device_name(device: torch.device) -> str:
    """Say what it is."""
    return torch.cuda.get_device_name(device) if device.type == "cuda" else "CPU, one thread"
