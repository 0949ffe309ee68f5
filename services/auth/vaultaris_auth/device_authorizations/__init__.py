"""Device authorization (RFC 8628): a device without a browser asks, and a person answers elsewhere."""
