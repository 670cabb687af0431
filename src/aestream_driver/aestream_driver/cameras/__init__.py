"""Event cameras: what each model is, what can be set on it, and how the vendor-independent libraries open it.

Nothing here knows ROS, and nothing imports a camera library before a camera is asked for.
"""
