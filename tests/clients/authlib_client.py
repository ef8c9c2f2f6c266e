"""Authlib: discovery, code with PKCE, userinfo, refresh, introspection, revocation, logout."""

import json
import os
import sys
from urllib.parse import urlencode

from authlib.common.security import generate_token
from authlib.integrations.base_client import OAuthError
from authlib.integrations.requests_client import OAuth2Session
from joserfc import jwt
from joserfc.jwk import KeySet

# The server of the test is reached over plain http.
os.environ["AUTHLIB_INSECURE_TRANSPORT"] = "1"
registered = json.loads(os.environ["CLIENT"])


def browse(url):
    """The test is the browser: it is told where to go, and says where it ended."""
    print("open", url, flush=True)
    return sys.stdin.readline().strip()


session = OAuth2Session(
    registered["id"],
    registered["secret"],
    token_endpoint_auth_method=registered["method"],
    redirect_uri=registered["callback"],
    scope="openid profile email offline_access",
    code_challenge_method="S256",
)
server = session.get(registered["issuer"] + "/.well-known/openid-configuration", withhold_token=True).json()
keys = KeySet.import_key_set(session.get(server["jwks_uri"], withhold_token=True).json())


def read(id_token, nonce=None):
    token = jwt.decode(id_token, keys, algorithms=server["id_token_signing_alg_values_supported"])
    rules = jwt.JWTClaimsRegistry(
        iss={"essential": True, "value": server["issuer"]},
        aud={"essential": True, "value": registered["id"]},
        exp={"essential": True},
        nonce={"essential": nonce is not None, "value": nonce},
    )
    rules.validate({name: value for name, value in token.claims.items() if name != "nonce" or nonce})
    return token.claims


def sign_in():
    verifier, nonce = generate_token(48), generate_token()
    url, state = session.create_authorization_url(
        server["authorization_endpoint"], code_verifier=verifier, nonce=nonce
    )
    token = session.fetch_token(
        server["token_endpoint"], authorization_response=browse(url), code_verifier=verifier, state=state
    )
    return token, read(token["id_token"], nonce)


def is_refused(ask):
    try:
        ask()
    except OAuthError as error:
        return error.error == "invalid_grant"
    return False


token, claims = sign_in()
info = session.get(server["userinfo_endpoint"]).json()
assert info["sub"] == claims["sub"], info
refreshed = session.refresh_token(server["token_endpoint"], refresh_token=token["refresh_token"])
assert read(refreshed["id_token"])["sub"] == claims["sub"]
last = refreshed.get("refresh_token") or token["refresh_token"]
if registered["secret"]:
    answer = session.introspect_token(server["introspection_endpoint"], token=refreshed["access_token"])
    assert answer.json()["active"] is True, answer.text
assert session.revoke_token(server["revocation_endpoint"], token=last).status_code == 200
assert is_refused(lambda: session.refresh_token(server["token_endpoint"], refresh_token=last))

token, _ = sign_in()
query = urlencode({"id_token_hint": token["id_token"], "post_logout_redirect_uri": registered["loggedOut"]})
assert browse(server["end_session_endpoint"] + "?" + query) == registered["loggedOut"]
assert is_refused(lambda: session.refresh_token(server["token_endpoint"], refresh_token=token["refresh_token"]))
print("done", json.dumps({"sub": claims["sub"], "info": info}), flush=True)
