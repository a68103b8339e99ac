"""Addresses of the sample site."""
from django.urls import path

from lists import views

urlpatterns = [
    path("", views.home, name="home"),
    path("broken", views.broken, name="broken"),
]
