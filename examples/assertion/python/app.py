"""An application that believes nobody but the assertion: `pip install -r requirements.txt`, then

    ISSUER=https://id.example.com AUDIENCE=app.example.com python app.py
"""

import json
import os
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import jwt

ISSUER = os.environ["ISSUER"]  # public_url
AUDIENCE = os.environ["AUDIENCE"]  # this application's own host
ADDRESS = os.environ.get("ADDRESS", "127.0.0.1:3000")

# Fetched when first needed, kept for a quarter of an hour, and fetched again for a key that is not known.
KEYS = jwt.PyJWKClient(ISSUER + "/oauth2/jwks", lifespan=900)


def who(assertion):
    """What a true assertion says; an exception for any other."""
    if jwt.get_unverified_header(assertion).get("typ") != "vestibule-assertion+jwt":
        raise jwt.InvalidTokenError("another kind of token")
    return jwt.decode(
        assertion,
        KEYS.get_signing_key_from_jwt(assertion).key,
        algorithms=["ES256"],  # never what the token says by itself
        issuer=ISSUER,
        audience=AUDIENCE,
        leeway=5,  # seconds that two clocks may differ
        options={"require": ["exp", "iss", "aud", "sub", "session_exp"], "strict_aud": True},
    )


class Application(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def do_GET(self):
        try:
            # One header. With two of them there are two readings.
            [assertion] = self.headers.get_all("x-authgear-assertion", [])
            claims = who(assertion)
        except (ValueError, jwt.PyJWTError) as error:
            self.log_message("refused: %s", error)
            return self.answer(401, {"error": "sign in"})
        self.answer(200, {"user": claims["sub"], "session_exp": claims["session_exp"]})

    def answer(self, status, body):
        body = json.dumps(body).encode()
        self.send_response(status)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)


if __name__ == "__main__":
    host, port = ADDRESS.rsplit(":", 1)
    ThreadingHTTPServer((host, int(port)), Application).serve_forever()
