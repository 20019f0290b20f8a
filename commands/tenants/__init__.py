"""`./sluice tenants …`, `keys …` and `policy …`: who may send logs, and what becomes of them."""
