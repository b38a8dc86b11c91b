"""How somebody who is signed in is found again with each request."""

from allauth.account.auth_backends import AuthenticationBackend

from goldenthread.people.models import User


class SignIn(AuthenticationBackend):
    """Sign-in by e-mail and password; the account comes with its person and their unit, in one query."""

    def get_user(self, user_id: int) -> User | None:
        return (
            User.objects.select_related("person__unit").filter(pk=user_id, is_active=True).first()
        )
