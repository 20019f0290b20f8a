"""Parts that all commands share: groups, the AWS target, parameters, errors."""
