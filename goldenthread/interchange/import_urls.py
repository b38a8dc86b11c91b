"""Addresses of imports."""

from django.urls import path

from goldenthread.interchange import import_views

urlpatterns = [
    path("imports/", import_views.imports, name="imports"),
    path("imports/csv/", import_views.imports_csv, name="imports-csv"),
    path("imports/<int:pk>/rows.csv", import_views.import_rows_csv, name="import-rows"),
    path("imports/new/", import_views.import_new, name="import-new"),
    path("imports/<int:pk>/", import_views.import_page, name="import"),
    path("imports/<int:pk>/columns/", import_views.import_columns, name="import-columns"),
    path("imports/<int:pk>/mapping.json", import_views.import_mapping, name="import-mapping"),
    path("imports/<int:pk>/refused.csv", import_views.import_refused, name="import-refused"),
    path("imports/<int:pk>/write/", import_views.import_apply, name="import-apply"),
    path("imports/<int:pk>/discard/", import_views.import_discard, name="import-discard"),
    path("imports/<int:pk>/undo/", import_views.import_undo, name="import-undo"),
    path("imports/<int:pk>/confirm/", import_views.import_confirm, name="import-confirm"),
    path("imports/<int:pk>/rows/<int:row>/fix/", import_views.import_fix, name="import-fix"),
]
