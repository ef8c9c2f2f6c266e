// Makes the screenshots of this folder anew: starts the debug build on a folder of its own, walks the pages in headless
// Chromium, and stops both. `node docs/screenshots/make.mjs [FOLDER]` from anywhere; FOLDER gets every state in both
// themes and widths, without it this folder gets what the documents show.
import { spawn, execFileSync } from "node:child_process";
import { mkdtempSync, mkdirSync, rmSync, writeFileSync } from "node:fs";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { dirname, join, resolve } from "node:path";
import { fileURLToPath } from "node:url";

const here = dirname(fileURLToPath(import.meta.url));
const binary = join(here, "../../target/debug/vestibule");
const everything = process.argv[2] !== undefined;
const out = everything ? resolve(process.argv[2]) : here;
const work = mkdtempSync(join(tmpdir(), "vestibule-screenshots-"));
const email = "ada@example.com";
const password = "quiet harbour lantern";

const freePort = () => new Promise((done) => {
  const server = createServer().listen(0, "127.0.0.1", () => {
    const { port } = server.address();
    server.close(() => done(port));
  });
});
const [open, resolver, ops, driverPort] = await Promise.all([freePort(), freePort(), freePort(), freePort()]);
// Chromium finds every host of example.com here.
const url = (page) => `http://id.example.com:${open}${page}`;
const config = join(work, "vestibule.toml");
writeFileSync(config, `public_url = "${url("")}"
data_dir = "${work}/data"
[listen]
public = ["127.0.0.1:${open}"]
resolver = ["127.0.0.1:${resolver}"]
ops = ["127.0.0.1:${ops}"]
[signup]
enabled = true
[anonymous]
enabled = true
[session]
cookie_domain = "example.com"
[login]
return_to = ["https://app.example.com"]
[api_tokens]
enabled = true
`);
const cli = (...args) => execFileSync(binary, ["--config", config, ...args], { input: `${password}\n` }).toString().trim();

const children = [];
const start = (command, args) => {
  const child = spawn(command, args, { stdio: "ignore" });
  children.push(child);
  return child;
};
const until = async (address) => {
  for (let attempt = 0; attempt < 100; attempt += 1) {
    try {
      if ((await fetch(address)).ok) return;
    } catch { /* not yet */ }
    await new Promise((done) => setTimeout(done, 100));
  }
  throw new Error(`${address} does not answer`);
};

let driver = "";
const ask = async (method, path, body) => {
  const answer = await fetch(`http://127.0.0.1:${driverPort}${path}`, { method, body: body && JSON.stringify(body) });
  const { value } = await answer.json();
  if (!answer.ok) throw new Error(`${method} ${path}: ${value.message}`);
  return value;
};
const command = (path, body = {}) => ask("POST", `/session/${driver}${path}`, body);
const devtools = (cmd, params) => command("/goog/cdp/execute", { cmd, params });
const go = (page) => command("/url", { url: url(page) });
const find = async (css) => Object.values(await command("/element", { using: "css selector", value: css }))[0];
// What a click leads to is there a moment later, and is not always waited for.
const moment = () => new Promise((done) => setTimeout(done, 400));
const click = async (css) => {
  await command(`/element/${await find(css)}/click`);
  await moment();
};
const fill = async (css, text) => {
  const element = await find(css);
  await command(`/element/${element}/clear`);
  await command(`/element/${element}/value`, { text });
};
const forget = () => ask("DELETE", `/session/${driver}/cookie`);

const shoot = async (name, width, dark) => {
  const size = { width, height: 480, deviceScaleFactor: 1, mobile: width < 500 };
  await devtools("Emulation.setDeviceMetricsOverride", size);
  const features = [{ name: "prefers-color-scheme", value: dark ? "dark" : "light" }];
  await devtools("Emulation.setEmulatedMedia", { features });
  const { cssContentSize } = await devtools("Page.getLayoutMetrics", {});
  const wider = Math.ceil(cssContentSize.width) - width;
  if (wider > 0) console.log(`${name}: ${wider} px wider than ${width}`);
  const height = Math.min(Math.ceil(cssContentSize.height), 2400);
  const clip = { x: 0, y: 0, width, height: Math.max(height, 320), scale: 1 };
  const { data } = await devtools("Page.captureScreenshot", { format: "png", clip, captureBeyondViewport: true });
  writeFileSync(join(out, `${name}-${width}-${dark ? "dark" : "light"}.png`), Buffer.from(data, "base64"));
};
// What the documents show: each page in both themes, some on a phone, and the states that say something of their own.
const desk = [[560, false], [560, true]];
const kept = {
  "sign-in": [...desk, [320, false]], "sign-in-wrong": [[560, false]], "sign-in-ended": [[560, true]],
  "sign-up": desk, "sign-up-weak": [[560, false]], "sign-up-german": [[320, false]],
  continue: desk, "sign-out": desk, account: [...desk, [320, true]], guest: [[560, false]],
  password: desk, "password-refused": [[560, true]], sessions: [...desk, [320, true]], delete: desk,
  consent: [...desk, [320, false]], "continue-client": [[560, false]], again: [[560, true]], apps: desk, tokens: [[560, false]],
  "sign-in-client": [[560, false]], "not-found": desk, "step-up": desk,
  "step-up-cannot": [[560, false]],
};
const look = async (name) => {
  const views = everything ? [...desk, [320, false], [320, true]] : kept[name] ?? [];
  for (const [width, dark] of views) await shoot(name, width, dark);
};

const app = "https%3A%2F%2Fapp.example.com%2Forders";
const send = (page) => click(`form[action$='${page}'] button[type=submit]`);

const signInAs = async (secret) => {
  await fill("#email", email);
  await fill("#password", secret);
  await send("/login");
};
const everybody = async () => {
  await go(`/login?return_to=${app}`);
  await look("sign-in");
  await send("/login");
  await look("sign-in-empty");
  await signInAs("not the password");
  await look("sign-in-wrong");
  await go("/signup");
  await look("sign-up");
  await fill("#email", "bob");
  await fill("#password", "password1");
  await send("/signup");
  await fill("#email", "bob@example.com");
  await fill("#password", "password1");
  await send("/signup");
  await look("sign-up-weak");
  await go("/nowhere");
  await look("not-found");
  await go("/logout");
  await look("sign-out-nobody");
};
const guest = async () => {
  await go("/login");
  await send("/login/guest");
  await look("guest");
  await go("/signup");
  await look("sign-up-guest");
  await go("/login");
  await look("sign-in-guest");
  await go("/logout");
  await look("sign-out-guest");
  await go("/settings/delete");
  await look("delete-guest");
  await forget();
};
const somebody = async () => {
  await go("/login");
  await signInAs(password);
  await look("account");
  await send("/settings/name");
  await look("account-saved");
  await fill("#email", "ada@");
  await send("/settings/email");
  await look("account-refused");
  cli("session", "create", email);
  await go("/settings/sessions");
  await look("sessions");
  await send("/settings/sessions/revoke-others");
  await look("sessions-ended");
  await go("/settings/password");
  await look("password");
  await fill("#current_password", "not the password");
  await fill("#new_password", "password1");
  await send("/settings/password");
  await look("password-refused");
  await fill("#current_password", password);
  await fill("#new_password", "amber thicket violin");
  await send("/settings/password");
  await look("password-changed");
  await go(`/login?return_to=${app}`);
  await look("continue");
  await go(`/login?return_to=${app}&max_age=0`);
  await look("step-up");
  await fill("#password", "not the password");
  await send("/login");
  await look("step-up-refused");
  await go(`/login?return_to=${app}&amr=mfa`);
  await look("step-up-cannot");
  await go("/logout");
  await look("sign-out");
  await go("/settings/delete");
  await look("delete");
  cli("session", "revoke", "--user", email);
  await go("/settings");
  await look("sign-in-ended");
};
const challenge = "E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM";
const request = (client, more) => "/oauth2/authorize?" + new URLSearchParams({
  client_id: client, response_type: "code", scope: "openid profile email", redirect_uri: `https://${client}.example.com/callback`,
  code_challenge: challenge, code_challenge_method: "S256", ...more,
});
const clients = async () => {
  const add = (id, kind, name) => cli("client", "add", id, "--kind", kind, "--name", name,
    "--redirect-uri", `https://${id}.example.com/callback`);
  add("shop", "spa", "The Shop");
  add("printer", "third-party", "Print Works");
  await go(request("shop"));
  await look("sign-in-client");
  await signInAs("amber thicket violin");
  await go(request("shop", { state: "again" }));
  await look("continue-client");
  await go(request("shop", { max_age: "0" }));
  await look("again");
  await go(request("printer"));
  await look("consent");
  await click("button[value=consent]");
  await go("/settings/apps");
  await look("apps");
  await go("/settings/tokens");
  await look("tokens");
  await go("/oauth2/end_session");
  await look("sign-out-client");
  await go("/oauth2/authorize?client_id=nobody");
  await look("client-unknown");
};
const german = async () => {
  await devtools("Emulation.setUserAgentOverride", { userAgent: "Mozilla/5.0 (X11; Linux x86_64) Chrome/140", acceptLanguage: "de" });
  await go("/signup");
  await look("sign-up-german");
  await go("/login");
  await signInAs("amber thicket violin");
  await go(`/login?return_to=${app}&max_age=0`);
  await look("step-up-german");
  await go(`/login?return_to=${app}&amr=mfa`);
  await look("step-up-cannot-german");
};

try {
  mkdirSync(out, { recursive: true });
  start(binary, ["--config", config, "serve"]);
  await until(`http://127.0.0.1:${ops}/readyz`);
  cli("user", "add", email, "--name", "Ada Lovelace", "--role", "editor", "--verified", "--password-stdin");
  start("chromedriver", [`--port=${driverPort}`]);
  await until(`http://127.0.0.1:${driverPort}/status`);
  const args = ["--headless", "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run",
    "--disable-background-networking", "--disable-component-update", "--disable-sync", "--hide-scrollbars",
    "--host-resolver-rules=MAP *.example.com 127.0.0.1",
    `--user-data-dir=${work}/profile`];
  const prefs = { "intl.accept_languages": "en" };
  const options = { args, prefs, binary: "/usr/bin/chromium" };
  const session = await ask("POST", "/session", { capabilities: { alwaysMatch: { "goog:chromeOptions": options } } });
  driver = session.sessionId;
  await everybody();
  await guest();
  await somebody();
  await clients();
  await german();
} finally {
  if (driver) await ask("DELETE", `/session/${driver}`).catch(() => {});
  for (const child of children) child.kill("SIGTERM");
  await new Promise((done) => setTimeout(done, 1500));
  rmSync(work, { recursive: true, force: true });
}
