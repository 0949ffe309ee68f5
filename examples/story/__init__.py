"""The demo's story, chapter by chapter. `examples/demo.py` tells it."""
