"""Events become entries."""
