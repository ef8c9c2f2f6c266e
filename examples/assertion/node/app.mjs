// An application that believes nobody but the assertion: `npm ci`, then
//
//     ISSUER=https://id.example.com AUDIENCE=app.example.com node app.mjs

import { createServer } from 'node:http';
import { createRemoteJWKSet, errors, jwtVerify } from 'jose';

const ISSUER = process.env.ISSUER; // public_url
const AUDIENCE = process.env.AUDIENCE; // this application's own host
const ADDRESS = process.env.ADDRESS ?? '127.0.0.1:3000';
if (!ISSUER || !AUDIENCE) throw new Error('set ISSUER and AUDIENCE: without them every issuer and audience would do');

// Fetched when first needed, kept for a quarter of an hour, and fetched again for a key that is not known.
const keys = createRemoteJWKSet(new URL(`${ISSUER}/oauth2/jwks`), { cacheMaxAge: 900_000 });

/** What a true assertion says; an exception for any other. */
async function who(assertion) {
  const { payload } = await jwtVerify(assertion, keys, {
    algorithms: ['ES256'], // never what the token says by itself
    typ: 'vestibule-assertion+jwt',
    issuer: ISSUER,
    audience: AUDIENCE,
    clockTolerance: 5, // seconds that two clocks may differ
    requiredClaims: ['exp', 'sub', 'session_exp'],
  });
  return payload;
}

function answer(response, status, body) {
  response.writeHead(status, { 'Content-Type': 'application/json' });
  response.end(JSON.stringify(body));
}

const server = createServer(async (request, response) => {
  try {
    // One header. With two of them there are two readings; Node.js joins them with a comma, which no token has.
    const claims = await who(request.headers['x-authgear-assertion'] ?? '');
    answer(response, 200, { user: claims.sub, session_exp: claims.session_exp });
  } catch (error) {
    if (!(error instanceof errors.JOSEError)) console.error(error);
    answer(response, 401, { error: 'sign in' });
  }
});
const [host, port] = ADDRESS.split(/:(?=\d+$)/);
server.listen(Number(port), host);
