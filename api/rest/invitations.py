"""Following the link of an invitation. Its secret is sent in the body: addresses stand in logs."""

from typing import Annotated

from fastapi import Response
from pydantic import Field, SecretStr

from api.rest.door import PUBLIC, answer_of, sent
from api.rest.porch import ANYONE, Porch, declared_of_porch
from api.rest.strict_requests import doors
from api.rest.values import Asked, NewPassword
from gateway.accounts.setting_passwords import accept_invitation
from gateway.storage.work import Work

router = doors("session")


class Acceptance(Asked):
    """The secret of a link, and the password one wants."""

    secret: Annotated[
        SecretStr,
        Field(
            min_length=20,
            max_length=100,
            description="As it was told to you.",
            examples=["Vq3mBSCJx0-rIhM2cS9e4oWkGAh3DPNcYTSoZWfAZ6g"],
        ),
    ]
    password: NewPassword


@router.post(
    "/invitations/accept",
    summary="Set a password by the link of an invitation or of a reset",
    status_code=204,
    responses=declared_of_porch(),
    openapi_extra=PUBLIC,
)
def accept(asked: Acceptance, porch: Annotated[Porch, ANYONE]) -> Response:
    """Works once, until it expires; then sign in. Public: whoever has the secret has no password yet."""
    secret, password = asked.secret.get_secret_value(), asked.password.get_secret_value()

    def deed(work: Work) -> None:
        accept_invitation(secret, password, at=porch.at, work=work)

    porch.store.transact(deed)
    return sent(answer_of(None))
