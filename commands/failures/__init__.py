"""`./sluice failures …`: the failure queue in an operator's hands."""
