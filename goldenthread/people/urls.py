"""Addresses of people, units, the chart, accounts and invitations."""

from allauth.account import views as allauth_views
from allauth.mfa.webauthn import views as webauthn_views
from django.urls import path, re_path

from goldenthread.people.access import signed_in
from goldenthread.people.views import accounts, chart, deputies, people, security, tokens, units

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
    path("people/<int:pk>/deputies/", deputies.person_deputies, name="person-deputies"),
    path("deputies/<int:pk>/end/", deputies.deputy_end, name="deputy-end"),
    path("absences/<int:pk>/remove/", people.absence_remove, name="absence-remove"),
    path("units/", units.units, name="units"),
    path("units/csv/", units.units_csv, name="units-csv"),
    path("units/pick/", units.units_pick, name="units-pick"),
    path("units/add/", units.unit_add, name="unit-add"),
    path("units/<int:pk>/edit/", units.unit_edit, name="unit-edit"),
    path("units/<int:pk>/end/", units.unit_end, name="unit-end"),
    path("people/<int:pk>/second-step/", security.second_step_remove, name="person-second-step"),
    path("account/", accounts.account, name="account"),
    path("account/reminders/", accounts.account_reminders, name="account-reminders"),
    path("account/tokens/", tokens.tokens, name="tokens"),
    path("account/tokens/csv/", tokens.tokens_csv, name="tokens-csv"),
    path("account/tokens/<int:pk>/revoke/", tokens.token_revoke, name="token-revoke"),
    path("account/security/", security.security, name="account-security"),
    path("account/security/app/", security.app_add, name="account-app"),
    path("account/security/app/remove/", security.app_remove, name="account-app-remove"),
    path("account/security/passkeys/add/", security.passkey_add, name="account-passkey-add"),
    path("account/security/passkeys/<int:pk>/", security.passkey_edit, name="account-passkey"),
    path(
        "account/security/passkeys/<int:pk>/remove/",
        security.passkey_remove,
        name="account-passkey-remove",
    ),
    path("account/security/codes/", security.codes, name="account-codes"),
    path("account/security/codes/file/", security.codes_file, name="account-codes-file"),
    path("account/security/codes/new/", security.codes_renew, name="account-codes-new"),
    path("account/sessions/end/", security.sessions_end, name="account-sessions-end"),
    path("account/sessions/<int:pk>/end/", security.session_end, name="account-session-end"),
    path("invitation/<str:token>/", accounts.invitation, name="invitation"),
    # What of the account library is used; signing up, managing addresses and the rest have no page.
    path("accounts/login/", accounts.SignIn.as_view(), name="account_login"),
    path("accounts/login/passkey/", webauthn_views.login_webauthn, name="mfa_login_webauthn"),
    path("accounts/login/code/", accounts.SecondStep.as_view(), name="mfa_authenticate"),
    path(
        "accounts/confirm/",
        signed_in(accounts.ConfirmByPassword.as_view()),
        name="account_reauthenticate",
    ),
    path(
        "accounts/confirm/code/",
        signed_in(accounts.ConfirmByCode.as_view()),
        name="mfa_reauthenticate",
    ),
    path(
        "accounts/confirm/passkey/",
        signed_in(accounts.ConfirmByPasskey.as_view()),
        name="mfa_reauthenticate_webauthn",
    ),
    path("accounts/logout/", allauth_views.logout, name="account_logout"),
    path("accounts/inactive/", allauth_views.account_inactive, name="account_inactive"),
    path(
        "accounts/password/change/",
        signed_in(accounts.ChangePassword.as_view()),
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
