"""The watcher: hears what the stages of a pipeline publish about themselves, shows it, and draws it."""
