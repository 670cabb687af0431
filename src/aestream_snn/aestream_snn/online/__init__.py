"""Models that run live: state carried from window to window, or from event to event. Knows no ROS."""
