// A single-page application that signs people in with OpenID Connect: the authorization code flow with PKCE, by hand, so
// that every step can be seen. In an application of yours a library does this, or Authgear's SDK.

// Who signs people in, and as whom this page is registered there:
//   vestibule client add sample-spa --kind spa --redirect-uri http://localhost:8080/spa/ ...
const ISSUER = new URL("/auth", location.origin).href;
const CLIENT = "sample-spa";
const HERE = new URL("/spa/", location.origin).href;
const SCOPE = "openid profile email offline_access https://authgear.com/scopes/full-access";

// The access token is in memory only. The refresh token outlives a reload, not the tab. Any script that runs in this page
// could read it: that is the price of holding tokens in a browser, and why the page's policy admits no script but this.
let access = null;
const kept = sessionStorage;

// What the provider says of itself: where its endpoints are.
const discovered = fetch(`${ISSUER}/.well-known/openid-configuration`).then(json);

// 1. Off to the provider, with a secret that only this tab knows (RFC 7636) and a mark to know the answer by.
async function signIn() {
  kept.verifier = random();
  kept.state = random();
  const digest = await crypto.subtle.digest("SHA-256", new TextEncoder().encode(kept.verifier));
  const { authorization_endpoint } = await discovered;
  location.assign(`${authorization_endpoint}?${new URLSearchParams({
    response_type: "code",
    client_id: CLIENT,
    redirect_uri: HERE,
    scope: SCOPE,
    state: kept.state,
    code_challenge: base64url(new Uint8Array(digest)),
    code_challenge_method: "S256",
  })}`);
}

// 2. Back with a code, which is worth nothing without the secret.
async function finish(answer) {
  const { state, verifier } = kept;
  delete kept.state;
  delete kept.verifier;
  history.replaceState(null, "", HERE);
  // An answer that this tab did not ask for (RFC 6749 section 10.12), or that another provider gave (RFC 9207).
  if (!state || answer.get("state") !== state || answer.get("iss") !== (await discovered).issuer) {
    throw new Error("An answer arrived that this page did not ask for.");
  }
  if (answer.has("error")) throw new Error(answer.get("error_description") ?? answer.get("error"));
  await tokens({ grant_type: "authorization_code", code: answer.get("code"), redirect_uri: HERE, code_verifier: verifier });
}

// 3. Tokens for a code, or new ones for an old one. A refresh token works once: the answer brings the next.
async function tokens(grant) {
  const { token_endpoint } = await discovered;
  const body = new URLSearchParams({ client_id: CLIENT, ...grant });
  const reply = await fetch(token_endpoint, { method: "POST", body, credentials: "omit" });
  const said = await reply.json();
  if (!reply.ok) {
    // Signed out, here or elsewhere.
    if (said.error === "invalid_grant") forget();
    throw new Error(said.error_description ?? said.error);
  }
  access = { token: said.access_token, until: Date.now() + said.expires_in * 900 };
  kept.refresh = said.refresh_token ?? kept.refresh;
  // Shown when signing out, to prove that it is this session that is meant.
  kept.id = said.id_token ?? kept.id;
}

// 4. Calls an API. The proxy asks Vestibule who the token is, and tells the API.
async function call(url) {
  if (!access || access.until < Date.now()) await refresh();
  // Without cookies: the token alone says who it is.
  const ask = () => fetch(url, { headers: { Authorization: `Bearer ${access.token}` }, credentials: "omit" });
  let reply = await ask();
  if (reply.status === 401) {
    await refresh();
    reply = await ask();
  }
  return json(reply);
}

// One at a time: two calls that both find the token too old share the new one.
let refreshing = null;
function refresh() {
  const grant = { grant_type: "refresh_token", refresh_token: kept.refresh };
  refreshing ??= tokens(grant).finally(() => { refreshing = null; });
  return refreshing;
}

// 5. Signs out at the provider: the session ends with every token that came from it, and the browser comes back.
async function signOut() {
  const { end_session_endpoint } = await discovered;
  const query = new URLSearchParams({ id_token_hint: kept.id, post_logout_redirect_uri: HERE });
  forget();
  location.assign(`${end_session_endpoint}?${query}`);
}

function forget() {
  access = null;
  delete kept.refresh;
  delete kept.id;
}

// The page.
async function show() {
  const isSomebody = Boolean(kept.refresh);
  element("stranger").hidden = isSomebody;
  element("somebody").hidden = !isSomebody;
  if (!isSomebody) return;
  const info = await call((await discovered).userinfo_endpoint);
  element("name").textContent = info.name || info.email || "guest";
  fill("info", info);
  await callApi();
}

async function callApi() {
  fill("told", (await call("/api/me")).headers);
}

function fill(table, rows) {
  element(table).replaceChildren(...Object.entries(rows).map(([name, value]) => {
    const [row, head, cell] = ["tr", "th", "td"].map((kind) => document.createElement(kind));
    head.scope = "row";
    head.textContent = name;
    cell.textContent = typeof value === "string" ? value : JSON.stringify(value);
    row.append(head, cell);
    return row;
  }));
}

// Does something, and says what went wrong. Whoever is signed out by it is shown so.
function attempt(what) {
  element("problem").hidden = true;
  what().catch((error) => {
    element("problem").textContent = error.message;
    element("problem").hidden = false;
    element("stranger").hidden = Boolean(kept.refresh);
    element("somebody").hidden = !kept.refresh;
  });
}

function element(id) {
  return document.getElementById(id);
}

async function json(reply) {
  if (!reply.ok) throw new Error(`${reply.url} answered ${reply.status}.`);
  return reply.json();
}

function random() {
  return base64url(crypto.getRandomValues(new Uint8Array(32)));
}

function base64url(bytes) {
  return btoa(String.fromCharCode(...bytes)).replaceAll("+", "-").replaceAll("/", "_").replaceAll("=", "");
}

element("sign-in").onclick = () => attempt(signIn);
element("sign-out").onclick = () => attempt(signOut);
element("call").onclick = () => attempt(callApi);
attempt(async () => {
  const answer = new URLSearchParams(location.search);
  if (answer.has("code") || answer.has("error")) await finish(answer);
  await show();
});
