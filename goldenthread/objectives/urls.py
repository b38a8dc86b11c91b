"""Addresses of objectives, their key results, changes and cycles."""

from django.urls import path

from goldenthread.objectives.views import (
    agreeing,
    check_ins,
    closing,
    cycles,
    links,
    listing,
    page,
    writing,
)

urlpatterns = [
    path("objectives/", listing.objectives, name="objectives"),
    path("objectives/csv/", listing.objectives_csv, name="objectives-csv"),
    path("objectives/pick/", links.objectives_pick, name="objectives-pick"),
    path("objectives/owners/", links.owners_pick, name="objective-owners"),
    path("objectives/new/", writing.objective_new, name="objective-new"),
    path("objectives/agree/", agreeing.agree_all, name="agree-all"),
    path("objectives/confirm/", agreeing.confirm_all, name="objectives-confirm"),
    path("objectives/<int:pk>/", page.objective, name="objective"),
    path("objectives/<int:pk>/edit/", writing.objective_edit, name="objective-edit"),
    path("objectives/<int:pk>/propose/", agreeing.objective_propose, name="objective-propose"),
    path("objectives/<int:pk>/agree/", agreeing.objective_agree, name="objective-agree"),
    path("objectives/<int:pk>/decline/", agreeing.objective_decline, name="objective-decline"),
    path("objectives/<int:pk>/counter/", writing.objective_counter, name="objective-counter"),
    path("objectives/<int:pk>/confirm/", agreeing.objective_confirm, name="objective-confirm"),
    path("objectives/<int:pk>/change/", writing.objective_change, name="objective-change"),
    path("objectives/<int:pk>/close/", closing.objective_close, name="objective-close"),
    path("objectives/<int:pk>/learning/", closing.objective_learning, name="objective-learning"),
    path("objectives/<int:pk>/link/", links.objective_link, name="objective-link"),
    path(
        "objectives/<int:pk>/check-ins/",
        check_ins.objective_check_ins,
        name="objective-check-ins",
    ),
    path("links/<int:pk>/end/", links.objective_unlink, name="objective-unlink"),
    path("changes/<int:pk>/", agreeing.change_answer, name="change-answer"),
    path("changes/<int:pk>/withdraw/", agreeing.change_withdraw, name="change-withdraw"),
    path("key-results/<int:pk>/check-ins/", check_ins.check_in, name="check-in"),
    path("cycles/", cycles.cycles, name="cycles"),
    path("cycles/csv/", cycles.cycles_csv, name="cycles-csv"),
    path("cycles/new/", cycles.cycle_new, name="cycle-new"),
    path("cycles/<int:pk>/", cycles.cycle, name="cycle"),
    path("cycles/<int:pk>/edit/", cycles.cycle_edit, name="cycle-edit"),
    path("cycles/<int:pk>/close/", cycles.cycle_close, name="cycle-close"),
]
