"""The parts that a stack runs, one a module: how each is started, asked whether it is ready, and asked to end."""
