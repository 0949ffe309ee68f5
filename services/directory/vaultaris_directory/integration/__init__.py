"""The directory's part of the integration API, for applications."""
