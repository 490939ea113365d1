"""The log of the files function, at a level that an operator may have mistyped."""

import logging
import os

from aws_lambda_powertools import Logger

_LEVELS = ("DEBUG", "INFO", "WARNING", "ERROR", "CRITICAL")


def _logger() -> Logger:
    """Make the logger. Powertools raises for a level that it does not know; nothing would start."""
    level = os.environ.get("LOG_LEVEL", "") or "INFO"
    if level.upper() in _LEVELS:
        return Logger(level=level.upper())
    made = Logger(level=logging.INFO)
    made.warning("LOG_LEVEL must be one of: %s, got %r; INFO is used", ", ".join(_LEVELS), level)
    return made


logger = _logger()
