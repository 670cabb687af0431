"""`aestream snn`: reports about trained networks, and their export."""
