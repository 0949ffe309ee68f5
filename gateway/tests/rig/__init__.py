"""Real processes for the gateway's tests: Envoy, Valkey, edge; and upstreams that say what reached them."""
