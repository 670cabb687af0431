"""How each library reads and writes: one small module a library, each with an `ADAPTER`."""
