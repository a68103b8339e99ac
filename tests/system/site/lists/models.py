"""One table, so that there is something to migrate."""
from django.db import models


class Item(models.Model):
    text = models.TextField(default="")
