"""Addresses of the programme and of handovers."""

from django.urls import path

from goldenthread.programme.views import handovers, programme
from goldenthread.programme.views.reviews import actions, capture, listing, page

urlpatterns = [
    path("programme/", programme.programme, name="programme"),
    path("programme/adoption/csv/", programme.adoption_csv, name="programme-adoption-csv"),
    path("programme/stuck/<slug:kind>/", programme.stuck, name="programme-stuck"),
    path("programme/stuck/<slug:kind>/nudge/", programme.stuck_nudge, name="programme-nudge"),
    path("programme/stuck/<slug:kind>/csv/", programme.stuck_csv, name="programme-stuck-csv"),
    path("leadership-review/", listing.leadership_reviews, name="leadership-reviews"),
    path("leadership-review/csv/", listing.leadership_reviews_csv, name="leadership-reviews-csv"),
    path("leadership-review/new/", page.leadership_review_new, name="leadership-review-new"),
    path("leadership-review/actions/", listing.review_actions, name="review-actions"),
    path("leadership-review/actions/csv/", listing.review_actions_csv, name="review-actions-csv"),
    path("leadership-review/actions/<int:pk>/", actions.review_action, name="review-action"),
    path(
        "leadership-review/actions/<int:pk>/done/",
        actions.review_action_done,
        name="review-action-done",
    ),
    path(
        "leadership-review/actions/<int:pk>/put-off/",
        actions.review_action_put_off,
        name="review-action-put-off",
    ),
    path(
        "leadership-review/actions/<int:pk>/drop/",
        actions.review_action_drop,
        name="review-action-drop",
    ),
    path("leadership-review/points/<int:pk>/decide/", capture.point_decide, name="point-decide"),
    path("leadership-review/points/<int:pk>/settle/", capture.point_settle, name="point-settle"),
    path("leadership-review/<int:pk>/", page.leadership_review, name="leadership-review"),
    path(
        "leadership-review/<int:pk>/edit/",
        page.leadership_review_edit,
        name="leadership-review-edit",
    ),
    path(
        "leadership-review/<int:pk>/refresh/",
        page.leadership_review_refresh,
        name="leadership-review-refresh",
    ),
    path(
        "leadership-review/<int:pk>/notes/",
        page.leadership_review_notes,
        name="leadership-review-notes",
    ),
    path(
        "leadership-review/<int:pk>/close/",
        page.leadership_review_close,
        name="leadership-review-close",
    ),
    path(
        "leadership-review/<int:pk>/add/", page.leadership_review_add, name="leadership-review-add"
    ),
    path(
        "leadership-review/<int:pk>/actions/new/",
        capture.review_action_new,
        name="review-action-new",
    ),
    path("handovers/", handovers.handovers, name="handovers"),
    path("handovers/csv/", handovers.handovers_csv, name="handovers-csv"),
    path("handovers/nobody/csv/", handovers.unowned_csv, name="unowned-csv"),
    path("handovers/<int:pk>/", handovers.handover, name="handover"),
    path("handovers/<int:pk>/take-on/", handovers.handover_take_on, name="handover-take-on"),
    path("handovers/<int:pk>/close/", handovers.handover_close, name="handover-close"),
]
