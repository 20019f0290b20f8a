"""Application that logs each line of standard input.

A file sets up its logging. It runs in the clients' environment: python driver.py setup.py
"""

import logging
import runpy
import sys

if __name__ == "__main__":
    runpy.run_path(sys.argv[1])
    for line in sys.stdin:
        logging.getLogger("shop").warning(line.rstrip("\n"))
    # It ends like any application: handlers and exporters flush by their own hooks.
