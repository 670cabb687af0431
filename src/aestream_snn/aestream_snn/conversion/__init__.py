"""Networks to and from other libraries, which are imported only here and only when they are asked for."""
