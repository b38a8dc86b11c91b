"""Addresses of what runs behind the pages: jobs and letters."""

from django.urls import path

from goldenthread.operations import views

urlpatterns = [
    path("jobs/", views.jobs, name="jobs"),
    path("jobs/csv/", views.jobs_csv, name="jobs-csv"),
    path("letters/csv/", views.letters_csv, name="letters-csv"),
    path("jobs/<int:pk>/", views.job, name="job"),
    path("jobs/<int:pk>/cancel/", views.job_cancel, name="job-cancel"),
    path("jobs/<int:pk>/retry/", views.job_retry, name="job-retry"),
    path("letters/", views.letters, name="letters"),
    path("letters/<int:pk>/resend/", views.letter_resend, name="letter-resend"),
]
