"""May this user do that? The hot paths of the product."""
