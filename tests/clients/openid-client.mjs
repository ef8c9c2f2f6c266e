// openid-client 6: discovery, code with PKCE, userinfo, refresh, introspection, revocation, logout.
import assert from 'node:assert/strict'
import * as oidc from 'openid-client'
import { browse, done, registered } from './conversation.mjs'

const { issuer, id, secret, method, callback, loggedOut } = registered
const authentication = {
  none: oidc.None,
  client_secret_basic: () => oidc.ClientSecretBasic(secret),
  client_secret_post: () => oidc.ClientSecretPost(secret),
}[method]()
const config = await oidc.discovery(new URL(issuer), id, undefined, authentication, {
  execute: [oidc.allowInsecureRequests, oidc.enableNonRepudiationChecks],
})
assert.ok(config.serverMetadata().supportsPKCE())

async function signIn(scope) {
  const verifier = oidc.randomPKCECodeVerifier()
  const state = oidc.randomState()
  const nonce = oidc.randomNonce()
  const back = await browse(oidc.buildAuthorizationUrl(config, {
    redirect_uri: callback,
    scope,
    state,
    nonce,
    max_age: '3600',
    code_challenge: await oidc.calculatePKCECodeChallenge(verifier),
    code_challenge_method: 'S256',
  }))
  return oidc.authorizationCodeGrant(config, back, {
    pkceCodeVerifier: verifier,
    expectedState: state,
    expectedNonce: nonce,
    maxAge: 3600,
    idTokenExpected: true,
  })
}

const isDead = (error) => error.error === 'invalid_grant'
const tokens = await signIn('openid profile email offline_access')
const { sub } = tokens.claims()
const info = await oidc.fetchUserInfo(config, tokens.access_token, sub)
const refreshed = await oidc.refreshTokenGrant(config, tokens.refresh_token)
assert.equal(refreshed.claims().sub, sub)
assert.notEqual(refreshed.access_token, tokens.access_token)
if (secret !== null) {
  assert.equal((await oidc.tokenIntrospection(config, refreshed.access_token)).active, true)
}
const last = refreshed.refresh_token ?? tokens.refresh_token
await oidc.tokenRevocation(config, last)
await assert.rejects(oidc.refreshTokenGrant(config, last), isDead)
await assert.rejects(oidc.fetchUserInfo(config, refreshed.access_token, sub))

const again = await signIn('openid offline_access')
const state = oidc.randomState()
const out = await browse(oidc.buildEndSessionUrl(config, {
  id_token_hint: again.id_token,
  post_logout_redirect_uri: loggedOut,
  state,
}))
assert.equal(out.href, `${loggedOut}?state=${state}`)
await assert.rejects(oidc.refreshTokenGrant(config, again.refresh_token), isDead)
done({ sub, info })
