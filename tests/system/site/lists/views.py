"""The to-do list, and a page that fails."""
from django.conf import settings
from django.shortcuts import redirect, render

from lists.models import Item


def home(request):
    if request.method == "POST":
        Item.objects.create(text=request.POST.get("item_text", ""))
        return redirect("home")
    return render(request, "home.html", {"items": Item.objects.all(), "debug": settings.DEBUG})


def broken(request):
    raise RuntimeError("this page is broken on purpose")
