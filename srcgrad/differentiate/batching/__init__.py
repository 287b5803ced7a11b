"""Several tangents in one sweep: the tangent of a function with one more axis in front of every tangent."""
