"""Unit tests of the web app, a folder for each of its folders."""
