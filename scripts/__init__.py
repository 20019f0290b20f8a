"""Commands that use Sluice from outside."""
