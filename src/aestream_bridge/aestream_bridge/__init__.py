"""Events out to the world and in again: links to other programs, machines and chips."""
