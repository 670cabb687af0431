"""Networks from files and from PyTorch."""
