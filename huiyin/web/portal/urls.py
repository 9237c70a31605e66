"""The public pages."""

from django.urls import path

from huiyin.web.portal import cases, filing, reception, record

app_name = "portal"
urlpatterns = [
    path("", filing.home, name="home"),
    path("file/", filing.file, name="file"),
    path("file/receipt/", filing.receipt, name="receipt"),
    path("letter/", cases.letter, name="letter"),
    path("letter/recover/", cases.recover, name="recover"),
    path("letter/receipt.json", record.receipt_file, name="receipt_file"),
    path("letter/letter.json", record.words, name="words_file"),
    path("letter/paper/", record.on_paper, name="paper"),
    path("letter/case/", cases.case, name="case"),
    path("letter/case/answer/", cases.answer, name="answer"),
    path("letter/case/files/", cases.attach, name="attach"),
    path("letter/case/files/<str:token>/", cases.download, name="download"),
    path("letter/case/promises/<int:number>/", cases.promise, name="promise"),
    path("letter/case/letters/<int:number>.<slug:extension>", cases.official, name="official"),
    path("letter/case/own-code/", cases.own_code, name="own_code"),
    path("letter/case/leave/", cases.leave, name="leave"),
    path("letter/case/<slug:name>/", cases.act, name="act"),
    path("screen/<str:code>/", reception.screen, name="screen"),
    path("take/<str:token>/", reception.take, name="take"),
    path("take/<str:token>/<int:number>/", reception.number, name="number"),
]
