"""HTTP: routers that call models and answer."""
