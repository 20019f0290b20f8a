"""Parts of patterns and checks that several recognizers share."""
