"""Seeds of the stored corpus, by kind of format. `make_seeds.py` puts the tests' slow twins on the path."""
