"""The base of rows that tell what held of a record, and from when to when."""

from typing import Any, ClassVar

from django.db import models
from django.db.models import Q


class Held(models.Model):
    """What held of a record from one day to another, as it was known on these days.

    One row a period, one of them open: what holds now. A change closes it the day before and opens another;
    further changes of the same day go into that one, so that a row tells how a day ended. Kept by
    `core.history`, for figures of a day gone by; `OF` names the record, `KEPT` what is kept of it.
    """

    valid_from = models.DateField()
    valid_to = models.DateField(null=True, blank=True)  # the last day it held

    OF: ClassVar[str]
    KEPT: ClassVar[tuple[str, ...]]  # names of fields, the same on the record
    MADE_FROM: ClassVar[tuple[str, ...]] = ()  # further fields of the record it depends on
    RELATED: ClassVar[tuple[str, ...]] = ()  # what has to be loaded with the record

    objects: ClassVar[models.Manager[Any]] = models.Manager()

    class Meta:
        abstract = True

    def __str__(self) -> str:
        return f"{getattr(self, f'{self.OF}_id')} {self.valid_from}–{self.valid_to or ''}"

    @classmethod
    def values_of(cls, record: Any) -> dict[str, Any]:
        """What is to be kept of the record as it stands."""
        return {name: getattr(record, name) for name in cls.attributes()}

    @classmethod
    def attributes(cls) -> tuple[str, ...]:
        """The kept fields as attributes: a foreign key by its `_id`."""
        return tuple(str(getattr(cls._meta.get_field(name), "attname")) for name in cls.KEPT)  # noqa: B009 (attname is known to concrete fields only)


def periods(of: str, name: str) -> list[models.BaseConstraint]:
    """What the database holds every model of periods to: one open row a record, none that ends before it began."""
    return [
        models.UniqueConstraint(
            fields=[of], condition=Q(valid_to__isnull=True), name=f"{name}_one_open"
        ),
        models.CheckConstraint(
            condition=Q(valid_to__isnull=True) | Q(valid_to__gte=models.F("valid_from")),
            name=f"{name}_dates",
        ),
    ]
