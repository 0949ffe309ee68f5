"""Small programs that keep the process contract of the real services, so that the stack is tested by itself."""
