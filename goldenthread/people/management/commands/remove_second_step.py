"""`goldenthread remove_second_step E-MAIL`: let somebody back in who is locked out, the last administrator too."""

from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from goldenthread.core.errors import DomainError
from goldenthread.people import services
from goldenthread.people.models import Person


class Command(BaseCommand):
    help = (
        "Take passkeys, authenticator app and recovery codes from somebody who is locked out. They sign in with "
        "the password alone again, are signed out everywhere, and are told by letter."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("email", help="whose, by the e-mail that they sign in with")

    def handle(self, *args: Any, **options: Any) -> None:
        person = Person.objects.filter(user__email__iexact=options["email"]).first()
        if person is None:
            raise CommandError(f"Nobody signs in with {options['email']}.")
        try:
            services.remove_second_step(actor=None, person=person)
        except DomainError as refused:
            raise CommandError(refused.message) from refused
        self.stdout.write(f"{person} signs in with the password alone again.")
