"""Reports: one HTML file about a trained network and what it does on recordings."""
