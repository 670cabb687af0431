"""Reading and writing recordings: every format against every library that reads or writes it, in one run."""
