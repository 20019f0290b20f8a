"""Logs each line of its standard input, by the logging that a file sets up; run in the clients' environment.

Usage: python driver.py setup.py
"""

import logging
import runpy
import sys

if __name__ == "__main__":
    runpy.run_path(sys.argv[1])
    for line in sys.stdin:
        logging.getLogger("shop").warning(line.rstrip("\n"))
    # What an application does that ends: handlers and exporters flush by their own hooks.
