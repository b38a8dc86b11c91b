"""Addresses of people, units, the chart, accounts and invitations."""

from allauth.account import views as allauth_views
from django.urls import path, re_path

from goldenthread.people.access import signed_in
from goldenthread.people.views import accounts, chart, people, tokens, units

urlpatterns = [
    path("people/", people.people, name="people"),
    path("people/csv/", people.people_csv, name="people-csv"),
    path("people/pick/", people.people_pick, name="people-pick"),
    path("people/add/", people.person_add, name="person-add"),
    path("people/chart/", chart.chart, name="people-chart"),
    path("people/<int:pk>/edit/", people.person_edit, name="person-edit"),
    path("people/<int:pk>/leave/", people.person_leave, name="person-leave"),
    path("people/<int:pk>/roles/", people.person_roles, name="person-roles"),
    path("people/<int:pk>/absences/", people.person_absences, name="person-absences"),
    path("people/<int:pk>/invite/", accounts.person_invite, name="person-invite"),
    path("people/<int:pk>/account/", accounts.person_account, name="person-account"),
    path("people/<int:pk>/reports/", chart.person_reports, name="person-reports"),
    path("absences/<int:pk>/remove/", people.absence_remove, name="absence-remove"),
    path("units/", units.units, name="units"),
    path("units/pick/", units.units_pick, name="units-pick"),
    path("units/add/", units.unit_add, name="unit-add"),
    path("units/<int:pk>/edit/", units.unit_edit, name="unit-edit"),
    path("units/<int:pk>/end/", units.unit_end, name="unit-end"),
    path("account/", accounts.account, name="account"),
    path("account/tokens/", tokens.tokens, name="tokens"),
    path("account/tokens/<int:pk>/revoke/", tokens.token_revoke, name="token-revoke"),
    path("invitation/<str:token>/", accounts.invitation, name="invitation"),
    # What of the account library is used; signing up, managing addresses and the rest have no page.
    path("accounts/login/", accounts.SignIn.as_view(), name="account_login"),
    path("accounts/logout/", allauth_views.logout, name="account_logout"),
    path("accounts/inactive/", allauth_views.account_inactive, name="account_inactive"),
    path(
        "accounts/password/change/",
        signed_in(allauth_views.password_change),
        name="account_change_password",
    ),
    path(
        "accounts/password/reset/",
        accounts.ForgottenPassword.as_view(),
        name="account_reset_password",
    ),
    path(
        "accounts/password/reset/done/",
        allauth_views.password_reset_done,
        name="account_reset_password_done",
    ),
    path(
        "accounts/password/reset/key/done/",
        allauth_views.password_reset_from_key_done,
        name="account_reset_password_from_key_done",
    ),
    re_path(
        r"^accounts/password/reset/key/(?P<uidb36>[0-9A-Za-z]+)-(?P<key>.+)/$",
        allauth_views.password_reset_from_key,
        name="account_reset_password_from_key",
    ),
]
