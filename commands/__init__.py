"""The operators' command line, `./sluice`: a group of commands a module."""
