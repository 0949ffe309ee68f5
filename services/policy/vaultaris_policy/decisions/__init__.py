"""The public gRPC API: decisions for applications, and word of when they become wrong."""
