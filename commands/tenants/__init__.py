"""`./sluice tenants …`, `keys …` and `policy …`."""
