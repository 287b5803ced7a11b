"""What happens at a call of a gradient function: binding, signatures, specialising, storing the result."""
