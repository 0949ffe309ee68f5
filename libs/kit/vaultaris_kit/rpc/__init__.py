"""gRPC between the services: mutual TLS, deadlines, retries, one error mapping."""
