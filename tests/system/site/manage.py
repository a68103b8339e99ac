#!/usr/bin/env python3
"""Runs Django's commands for the sample site."""
import os
import sys

from django.core.management import execute_from_command_line

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "superlists.settings")
execute_from_command_line(sys.argv)
