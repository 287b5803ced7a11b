"""Forward mode: the tangent of each value computed beside it."""
