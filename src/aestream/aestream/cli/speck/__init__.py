"""`aestream speck`: plan networks for the chip."""
