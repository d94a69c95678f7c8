"""The refusals of each layer of ThingSpace: the OAuth server, the gateway, the login and the firmware service.

Each refusal has a name, by which an endpoint raises it and a fault selects it. What Verizon does not document is
marked as such.
"""

from __future__ import annotations

from pulumi_fota.simulator.http import Response

# ThingSpace, Software Management error messages: all have the same code and differ in the message.
_FOTA = {
    "device-list-empty": "Device list is empty",
    "input-binding": "Input binding error",
    "account-format": "Invalid account name format",
    "account-inactive": "Inactive account",
    "device-id-format": "Invalid device id format",
    "cursor-not-valid": "LastSeenDeviceId Not Valid",
    "device-list-long": "Device list is too long",  # Not documented; neither is the limit.
    "device-unknown": "Device not found",  # Not documented; ThingSpace may leave unknown devices out.
    "protocol-not-valid": "Invalid protocol",  # Not documented.
    # How the location service of the platform reports a refusal by UWS, which keeps accounts and sessions.
    "session-verification": "UWS verification failure (The Session has expired.)",
    "account-verification": "UWS verification failure (Could not find account)",
}

# ThingSpace, Connectivity Management synchronous error messages: the name of a service, a class, and a reason.
_LOGIN = {
    "session-missing": ("REQUEST_FAILED.SessionToken.Format", "Session token is missing."),
    "session-format": ("INPUT_INVALID.SessionToken.Invalid", "Session token is not valid."),
    "session-refused": ("REQUEST_FAILED.SessionToken.Expired", "SessionToken has expired. Please login again."),
    "account-forbidden": ("REQUEST_FAILED.AccountName", "The user has no access to this account."),
    "account-unknown": ("REQUEST_FAILED.AccountNotFound", "Account was not found."),
    "unexpected": ("REQUEST_FAILED.UnexpectedError", "Unexpected error occurred. Could not complete request."),
    "login-binding": ("INPUT_INVALID.RequestUndefined", "Request cannot be blank. Please provide request details."),
    "login-refused": ("INPUT_INVALID.Password.Invalid", "User name or password is not valid."),  # Not documented.
    "login-locked": ("REQUEST_FAILED.User.Locked", "The user is locked. Contact support."),  # Not documented.
    "login-real": (
        "REQUEST_FAILED.Login.NotSimulated",
        "This is a simulator: it accepts only credentials that begin with 'sim-'. Never send it real ones.",
    ),
}

# RFC 6749, section 5.2.
_OAUTH = {
    "client-refused": (401, "invalid_client", "Client authentication failed"),
    "client-missing": (401, "invalid_client", "Client authentication is missing"),
    "token-binding": (400, "invalid_request", "The request is not a form with a grant_type"),
    "grant-refused": (400, "unsupported_grant_type", "Unsupported grant_type value"),
    "scope-refused": (400, "invalid_scope", "The requested scope is not valid"),
    "client-real": (
        401,
        "invalid_client",
        "This is a simulator: it accepts only credentials that begin with 'sim-'. Never send it real ones.",
    ),
}

# WSO2 API Manager, error handling; ThingSpace itself documents 900901, 900902 and 900906. The login is on the same
# gateway, and a bad bearer token is refused there in the same way.
_GATEWAY = {
    "900800": (429, "Message throttled out", "You have exceeded your quota"),
    "900801": (429, "API Limit Reached", "API not accepting requests"),
    "900802": (429, "Resource level throttle out", "You have exceeded your quota"),
    "900803": (429, "Application level throttle out", "You have exceeded your quota"),
    "900804": (429, "Subscription level throttle out", "You have exceeded your quota"),
    "900805": (429, "Message blocked", "You have been blocked from accessing the resource"),
    "900806": (429, "Custom policy throttled out", "You have exceeded your quota"),
    "900807": (429, "Message throttled out", "You have exceeded your quota"),
    "900900": (401, "Unclassified Authentication Failure", "An unclassified authentication failure"),
    "900901": (401, "Invalid Credentials", "Access failure for API. Make sure you have given the correct access token"),
    "900902": (
        401,
        "Missing Credentials",
        "Required OAuth credentials not provided. Make sure your API invocation call has a header",
    ),
    "900903": (401, "Access Token Expired", "Renew the access token and try again"),
    "900904": (401, "Access Token Inactive", "Generate a new access token and try again"),
    "900905": (405, "Method Not Allowed", "The method is not allowed for this resource"),
    "900906": (
        400,
        "No matching resource found in the API for the given request",
        "Check the API documentation and add a proper REST resource path to the invocation URL",
    ),
    "900907": (403, "The requested API is temporarily blocked", "The API is blocked"),
    "900908": (403, "Resource forbidden", "The application is not subscribed to this API"),
    "900909": (403, "The subscription to the API is inactive", "Renew the subscription"),
    "900910": (403, "The access token does not allow you to access the requested resource", "Scope not granted"),
}

# Neighbouring services of the platform, which use 500 for some refusals too.
_NEIGHBOUR = {
    "DEVICE_NOT_FOUND": 400,
    "DEVICE_NOT_ELIGIBLE": 400,
    "INVALID_ACCOUNT": 401,
    "ACCOUNT_USAGE_EXCEEDED": 403,
    "CALLBACK_NOT_REGISTERED": 403,
    "INACTIVE_ACCOUNT": 500,
    "UNREGISTERED_ACCOUNT": 500,
    "NOT_FOUND": 500,
    "INTERNAL_SYSTEM_ERROR": 500,
}

_XML = {403: "Forbidden", 404: "Not Found"}


def _gateway_xml(status: int) -> Response:
    return Response.of(
        '<am:fault xmlns:am="http://wso2.org/apimanager">'
        f"<am:code>{status}</am:code><am:type>Status report</am:type><am:message>{_XML[status]}</am:message>"
        "<am:description>The requested resource (API) is not available.</am:description></am:fault>",
        status=status,
        content_type="application/xml",
    )


def _gateway_json(code: str, *, wrapped: bool) -> Response:
    status, message, description = _GATEWAY[code]
    fault = {"code": code, "message": message, "description": description}
    return Response.of_json({"fault": fault} if wrapped else fault, status=status)


def _cloud_connector(status: int, error: str, description: str, cause: str) -> Response:
    return Response.of_json({"error": error, "error_description": description, "cause": cause}, status=status)


def _table() -> dict[str, Response]:
    responses = {
        name: Response.of_json({"errorCode": "INVALID_PARAMETER", "errorMessage": message}, status=400)
        for name, message in _FOTA.items()
    }
    for name, (code, message) in _LOGIN.items():
        body = {"errorCode": f"UnifiedWebService.{code}", "errorMessage": message}
        responses[name] = Response.of_json(body, status=400)
    for name, (status, error, description) in _OAUTH.items():
        responses[name] = Response.of_json({"error": error, "error_description": description}, status=status)
    for code in _GATEWAY:
        responses[code] = _gateway_json(code, wrapped=True)
        responses[f"{code}-bare"] = _gateway_json(code, wrapped=False)
    for code, status in _NEIGHBOUR.items():
        responses[code] = Response.of_json(
            {"errorCode": code, "errorMessage": code.replace("_", " ").lower()}, status=status
        )
    responses["forbidden"] = _gateway_xml(403)
    responses["not-found"] = _gateway_xml(404)
    # How a sister service, the Cloud Connector, reports a session or a bearer token that is invalid.
    responses["session-unauthorized"] = _cloud_connector(
        401,
        "unauthorized",
        "Failure response received for UWS V1 REST accounts: [400]",
        "Requested service is unauthorized for given token",
    )
    responses["bearer-unauthorized"] = _cloud_connector(
        500,
        "internal_server_error",
        "unauthorized: Failure response received for UWS V1 REST accounts: [401], unauthorized for given token",
        "Requested service failed due to internal error",
    )
    responses["not-simulated"] = Response.of_json(
        {"errorCode": "NOT_SIMULATED", "errorMessage": "The simulator does not implement this call of ThingSpace"},
        status=501,
    )
    return responses


REFUSALS = _table()
"""The response of each refusal, by name."""


class Refused(Exception):
    """An endpoint refuses the request.

    Args:
        name: The name of the refusal.
    """

    def __init__(self, name: str) -> None:
        super().__init__(name)
        self.response = REFUSALS[name]


_USUAL = {400: "input-binding", 401: "900901", 403: "forbidden", 404: "not-found", 405: "900905", 429: "900802"}


def usual_response(status: int) -> Response:
    """Return what usually comes with a status: a refusal of ThingSpace, or the HTML page of a proxy."""
    if status in _USUAL:
        return REFUSALS[_USUAL[status]]
    if status < 400:  # noqa: PLR2004 - Errors begin at 400.
        return Response.of(b"", status=status, content_type=None)
    page = f"<html><head><title>{status}</title></head><body><h1>{status}</h1></body></html>"
    return Response.of(page, status=status, content_type="text/html")
