"""Events from a publisher to a subscriber: between processes, inside one, over shared memory."""
