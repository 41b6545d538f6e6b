"""Why a query is not answered, in the words of Prometheus' protocol (`errorType`) and in ours."""

from enum import StrEnum

from city.errors import UserError


class ErrorType(StrEnum):
    """https://prometheus.io/docs/prometheus/latest/querying/api/: what a client tells apart."""

    BAD_DATA = "bad_data"
    EXECUTION = "execution"
    NOT_FOUND = "not_found"
    UNAVAILABLE = "unavailable"


class RefusedQueryError(UserError):
    """The query cannot be read, or asks for what is not in the subset."""

    kind = ErrorType.BAD_DATA


class QueryTooLargeError(UserError):
    """The query can be read and would take too much."""

    kind = ErrorType.EXECUTION


class UnmatchedOperandsError(UserError):
    """Series of two operands that do not meet one to one."""

    kind = ErrorType.EXECUTION
