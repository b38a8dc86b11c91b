"""How somebody who is signed in is found again with each request."""

from allauth.account.auth_backends import AuthenticationBackend
from django.db.models import QuerySet

from goldenthread.core.prepared import Prepared
from goldenthread.people.models import User


class SignIn(AuthenticationBackend):
    """Sign-in by e-mail and password; the account comes with its person and their unit, in one query."""

    def get_user(self, user_id: int) -> User | None:
        return next(iter(_active(user=user_id)), None)


@Prepared
def _active(*, user: int) -> QuerySet[User]:
    return User.objects.select_related("person__unit").filter(pk=user, is_active=True)[:1]
