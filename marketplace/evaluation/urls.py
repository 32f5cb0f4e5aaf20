"""Addresses of evaluations."""

from django.urls import path

from marketplace.evaluation import api as rest
from marketplace.evaluation import views

workbench = [
    path("expert/", views.profile, name="profile"),
    path("expert/apply/", views.apply, name="apply"),
    path("experts/", views.experts, name="experts"),
    path("experts/<str:code>/", views.expert, name="expert"),
    path("evaluations/", views.panels, name="panels"),
    path("evaluations/approaches/", views.approaches, name="approaches"),
    path("evaluations/form/<str:tender>/<int:lot>/", views.assemble, name="assemble"),
    path("evaluations/explain/<str:bid>/", views.explain, name="explain"),
    path("evaluations/<str:code>/", views.panel, name="panel"),
    path("evaluations/<str:code>/report/", views.report, name="report"),
    path("evaluations/<str:code>/approach/", views.approach, name="approach"),
    path("reviewing/", views.desk, name="desk"),
    path("reviewing/<str:code>/", views.seat, name="seat"),
    path("reviewing/<str:code>/<str:bid>/", views.score, name="score"),
]

api = [
    path("evaluations/", rest.PanelCollection.as_view(), name="panel_list"),
    path("evaluations/<str:code>/", rest.PanelItem.as_view(), name="panel_detail"),
    path("evaluations/<str:code>/scores/", rest.ScoreCollection.as_view(), name="panel_scores"),
    path("evaluations/<str:code>/<slug:move>/", rest.PanelMove.as_view(), name="panel_move"),
    path("seats/", rest.SeatCollection.as_view(), name="seat_list"),
    path("seats/<str:code>/", rest.SeatItem.as_view(), name="seat_detail"),
    path("seats/<str:code>/questions/", rest.SeatQuestions.as_view(), name="seat_ask"),
    path("seats/<str:code>/rejections/", rest.SeatRejections.as_view(), name="seat_reject"),
    path("seats/<str:code>/scores/<str:bid>/", rest.SeatScores.as_view(), name="seat_scores"),
    path("seats/<str:code>/<slug:move>/", rest.SeatMove.as_view(), name="seat_move"),
    path("explanations/", rest.ExplanationCollection.as_view(), name="explanation_list"),
    path("explanations/<str:bid>/", rest.ExplanationAnswer.as_view(), name="explanation_answer"),
    path("expert/", rest.OwnExpert.as_view(), name="own_expert"),
]
