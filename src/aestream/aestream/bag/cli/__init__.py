"""The command `aestream bag`: one module a word."""
