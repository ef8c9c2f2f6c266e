// oauth4webapi 3: the same way by hand, with the strictest reading of every answer.
import assert from 'node:assert/strict'
import * as oauth from 'oauth4webapi'
import { browse, done, registered } from './conversation.mjs'

const { issuer, id, secret, method, callback, loggedOut } = registered
const insecure = { [oauth.allowInsecureRequests]: true }
const client = { client_id: id }
const authentication = {
  none: oauth.None,
  client_secret_basic: () => oauth.ClientSecretBasic(secret),
  client_secret_post: () => oauth.ClientSecretPost(secret),
}[method]()

// Both documents say the same.
const url = new URL(issuer)
const server = await oauth.processDiscoveryResponse(url, await oauth.discoveryRequest(url, insecure))
const other = await oauth.discoveryRequest(url, { ...insecure, algorithm: 'oauth2' })
assert.deepEqual(await oauth.processDiscoveryResponse(url, other), server)

async function signIn(scope, more = {}) {
  const verifier = oauth.generateRandomCodeVerifier()
  const state = oauth.generateRandomState()
  const nonce = oauth.generateRandomNonce()
  const to = new URL(server.authorization_endpoint)
  to.search = new URLSearchParams({
    client_id: id,
    redirect_uri: callback,
    response_type: 'code',
    scope,
    state,
    nonce,
    code_challenge: await oauth.calculatePKCECodeChallenge(verifier),
    code_challenge_method: 'S256',
    ...more,
  })
  const parameters = oauth.validateAuthResponse(server, client, await browse(to), state)
  const response = await oauth.authorizationCodeGrantRequest(
    server, client, authentication, parameters, callback, verifier, insecure)
  const tokens = await oauth.processAuthorizationCodeResponse(
    server, client, response, { expectedNonce: nonce, requireIdToken: true })
  await oauth.validateApplicationLevelSignature(server, response, insecure)
  return tokens
}

async function refresh(token) {
  const response = await oauth.refreshTokenGrantRequest(server, client, authentication, token, insecure)
  const tokens = await oauth.processRefreshTokenResponse(server, client, response)
  await oauth.validateApplicationLevelSignature(server, response, insecure)
  return tokens
}

async function userinfo(token, sub) {
  return oauth.processUserInfoResponse(server, client, sub, await oauth.userInfoRequest(server, client, token, insecure))
}

const tokens = await signIn('openid profile email offline_access')
const { sub } = oauth.getValidatedIdTokenClaims(tokens)
const info = await userinfo(tokens.access_token, sub)
const refreshed = await refresh(tokens.refresh_token)
const last = refreshed.refresh_token ?? tokens.refresh_token
await oauth.processRevocationResponse(await oauth.revocationRequest(server, client, authentication, last, insecure))
await assert.rejects(refresh(last), (error) => error.error === 'invalid_grant')
await assert.rejects(userinfo(refreshed.access_token, sub), (error) => {
  const [challenge] = error.cause
  return challenge.scheme === 'bearer' && challenge.parameters.error === 'invalid_token'
})

// Whoever is not signed in is told so without a page.
await assert.rejects(signIn('openid', { prompt: 'none' }), (error) => error.error === 'login_required')

const again = await signIn('openid')
const to = new URL(server.end_session_endpoint)
to.search = new URLSearchParams({ id_token_hint: again.id_token, post_logout_redirect_uri: loggedOut })
assert.equal((await browse(to)).href, loggedOut)
await assert.rejects(userinfo(again.access_token, sub))
done({ sub, info })
