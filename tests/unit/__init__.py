"""Tests in process, most without the engine."""
