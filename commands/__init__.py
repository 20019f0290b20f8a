"""The operators' command line: each module a group of commands."""
