"""Coroutines against threads that hand buffers over: trivial work as once published, and a real pipeline."""
