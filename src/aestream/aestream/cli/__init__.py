"""The `aestream` command. What it does lies in the modules that it calls; here are words and their meaning."""
