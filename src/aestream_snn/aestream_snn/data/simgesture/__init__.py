"""SimGesture: moving shapes before a simulated event camera, in classes that only time tells apart."""
