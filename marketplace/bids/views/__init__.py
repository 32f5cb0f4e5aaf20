from django.http import HttpResponse

def receipts(request, **k):
    return HttpResponse()

def own(request, **k):
    return HttpResponse()

def new(request, **k):
    return HttpResponse()

def uploads(request, **k):
    return HttpResponse()

def upload(request, **k):
    return HttpResponse()

def show(request, **k):
    return HttpResponse()

def edit(request, **k):
    return HttpResponse()

def seal(request, **k):
    return HttpResponse()

def right(request, **k):
    return HttpResponse()

def hand_in(request, **k):
    return HttpResponse()

def plain(request, **k):
    return HttpResponse()

def copy(request, **k):
    return HttpResponse()

def receipt(request, **k):
    return HttpResponse()

def part(request, **k):
    return HttpResponse()

