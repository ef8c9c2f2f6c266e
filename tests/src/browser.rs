//! Real Chromium, driven over WebDriver with the raw client: the protocol is JSON over HTTP, and a library for it would
//! bring an async runtime and thirty crates, and still leave Chromium's own commands (dark mode, phone width) to us.

use std::fs;
use std::process::Command;

use rustix::process::{Pid, Signal, kill_process};
use serde_json::{Value, json};
use tempfile::TempDir;

use crate::http::{Address, exchange, try_exchange};
use crate::process::Process;
use crate::{port, wait};

/// How a browser is set up.
#[derive(Debug, Clone)]
pub struct Setup {
    /// `Accept-Language`.
    pub language: &'static str,
    /// Whether pages may run scripts.
    pub scripts: bool,
    /// The width of the window in CSS pixels.
    pub width: u32,
    /// Whether the person prefers dark.
    pub dark: bool,
}

impl Default for Setup {
    fn default() -> Self {
        Self { language: "en-GB,en", scripts: true, width: 1100, dark: false }
    }
}

/// A browser with an empty profile.
#[derive(Debug)]
pub struct Browser {
    driver: Address,
    session: String,
    profile: TempDir,
    _process: Process,
}

impl Browser {
    /// With the usual settings.
    pub fn start() -> Self {
        Self::with(&Setup::default())
    }

    /// Starts chromedriver and Chromium.
    ///
    /// # Panics
    /// When they cannot be started; `make test` installs them.
    pub fn with(setup: &Setup) -> Self {
        let profile = tempfile::Builder::new().prefix("vestibule-chromium-").tempdir().expect("a folder can be made");
        let address = port::free();
        let driver = Address::from(address);
        let mut command = Command::new("chromedriver");
        command.arg(format!("--port={}", address.port()));
        let mut process = Process::start(&command, &profile.path().join("chromedriver.log"));
        process.ready(|| try_exchange(&driver, STATUS).is_ok_and(|answer| answer.status == 200));
        let mut args: Vec<String> = FLAGS.iter().map(|flag| (*flag).to_owned()).collect();
        args.push(format!("--user-data-dir={}", profile.path().join("profile").display()));
        let capabilities = json!({"capabilities": {"alwaysMatch": {"browserName": "chrome",
        "goog:loggingPrefs": {"browser": "ALL"}, "goog:chromeOptions": {
            "args": args,
            "binary": "/usr/bin/chromium",
            "prefs": {
                "intl.accept_languages": setup.language,
                "profile.managed_default_content_settings.javascript": if setup.scripts { 1 } else { 2 },
            },
        }}}});
        let mut browser = Self { driver, session: String::new(), profile, _process: process };
        let answer = browser.send("POST", "/session", &capabilities);
        browser.session = answer["sessionId"].as_str().expect("a new session has an id").to_owned();
        browser.show(setup.width, setup.dark);
        browser
    }

    /// Sets the width of the window and the colour scheme that the person prefers.
    pub fn show(&self, width: u32, dark: bool) {
        let size = json!({"width": width, "height": 900, "deviceScaleFactor": 1, "mobile": width < 500});
        self.chromium("Emulation.setDeviceMetricsOverride", &size);
        let scheme = json!([{"name": "prefers-color-scheme", "value": if dark { "dark" } else { "light" }}]);
        self.chromium("Emulation.setEmulatedMedia", &json!({"features": scheme}));
    }

    /// Goes to a URL.
    pub fn open(&self, url: &str) {
        self.command("/url", &json!({"url": url}));
    }

    /// The tab that it is at.
    pub fn tab(&self) -> String {
        self.ask("/window")
    }

    /// Opens another tab and goes to it.
    ///
    /// # Panics
    /// When there is no other tab.
    pub fn open_tab(&self) -> String {
        let opened = self.command("/window/new", &json!({"type": "tab"}));
        let tab = opened["handle"].as_str().expect("a tab has a handle").to_owned();
        self.go_to(&tab);
        tab
    }

    /// Goes to a tab.
    pub fn go_to(&self, tab: &str) {
        self.command("/window", &json!({"handle": tab}));
    }

    /// Where it is.
    pub fn url(&self) -> String {
        self.ask("/url")
    }

    /// The title of the page.
    pub fn title(&self) -> String {
        self.ask("/title")
    }

    /// The page's HTML as it is now.
    pub fn source(&self) -> String {
        self.ask("/source")
    }

    /// What a person can read.
    pub fn text(&self) -> String {
        self.text_of("body")
    }

    /// What a person can read in one element.
    pub fn text_of(&self, css: &str) -> String {
        self.ask(&format!("/element/{}/text", self.find(css)))
    }

    /// An attribute or property of an element.
    pub fn property(&self, css: &str, name: &str) -> Value {
        self.send("GET", &format!("/session/{}/element/{}/property/{name}", self.session, self.find(css)), &Value::Null)
    }

    /// Whether the page has such an element.
    pub fn has(&self, css: &str) -> bool {
        let found = self.command("/elements", &json!({"using": "css selector", "value": css}));
        found.as_array().is_some_and(|found| !found.is_empty())
    }

    /// Waits until the page has such an element.
    pub fn wait_for(&self, css: &str) {
        wait::until(&format!("{css} on {}", self.url()), || self.has(css).then_some(()));
    }

    /// Types into an empty field.
    pub fn fill(&self, css: &str, text: &str) {
        let element = self.find(css);
        self.command(&format!("/element/{element}/clear"), &json!({}));
        self.command(&format!("/element/{element}/value"), &json!({"text": text}));
    }

    /// Clicks something that leads nowhere.
    pub fn click(&self, css: &str) {
        let element = self.find(css);
        self.command(&format!("/element/{element}/click"), &json!({}));
    }

    /// Clicks something that leads to another page, and waits until the old one is gone.
    pub fn submit(&self, css: &str) {
        self.leaves(|| self.click(css));
    }

    /// Does something that leads to another page, and waits until the old one is gone.
    pub fn leaves(&self, act: impl FnOnce()) {
        let page = format!("/session/{}/element/{}/name", self.session, self.find("html"));
        act();
        let what = || format!("the page {} is left", self.url());
        wait::until_or(what, || (self.attempt("GET", &page, &Value::Null).0 != 200).then_some(()));
    }

    /// Types keys at whatever has the focus.
    pub fn press(&self, keys: &str) {
        let active = self.send("GET", &format!("/session/{}/element/active", self.session), &Value::Null);
        let element = active[ELEMENT].as_str().expect("something has the focus").to_owned();
        self.command(&format!("/element/{element}/value"), &json!({"text": keys}));
    }

    /// Runs a function body in the page and gives its result.
    pub fn script(&self, body: &str) -> Value {
        self.command("/execute/sync", &json!({"script": body, "args": []}))
    }

    /// Runs a function body that calls its last argument with the result.
    pub fn script_async(&self, body: &str) -> Value {
        self.command("/execute/async", &json!({"script": body, "args": []}))
    }

    /// The value of a cookie of the page.
    pub fn cookie(&self, name: &str) -> Option<String> {
        let cookies = self.send("GET", &format!("/session/{}/cookie", self.session), &Value::Null);
        let cookie = cookies.as_array()?.iter().find(|cookie| cookie["name"] == name)?.clone();
        cookie["value"].as_str().map(str::to_owned)
    }

    /// What the browser itself complained about since the last call: a policy that was broken, a script that failed.
    /// The status of a refused form is no complaint, and neither is that a script focused the error summary before
    /// `autofocus` did.
    pub fn complaints(&self) -> Vec<String> {
        let log = self.command("/se/log", &json!({"type": "browser"}));
        let texts = log.as_array().into_iter().flatten().filter_map(|line| line["message"].as_str());
        let expected = ["the server responded with a status of", "Autofocus processing was blocked"];
        texts.filter(|text| !expected.iter().any(|own| text.contains(own))).map(str::to_owned).collect()
    }

    /// One of Chromium's own commands (the DevTools protocol).
    pub fn chromium(&self, method: &str, parameters: &Value) -> Value {
        self.command("/goog/cdp/execute", &json!({"cmd": method, "params": parameters}))
    }

    fn find(&self, css: &str) -> String {
        let what = || format!("{css} on {}:\n{}", self.url(), self.source());
        wait::until_or(what, || {
            let found = self.command("/elements", &json!({"using": "css selector", "value": css}));
            found[0][ELEMENT].as_str().map(str::to_owned)
        })
    }

    fn ask(&self, what: &str) -> String {
        let answer = self.send("GET", &format!("/session/{}{what}", self.session), &Value::Null);
        answer.as_str().unwrap_or_default().to_owned()
    }

    fn command(&self, what: &str, body: &Value) -> Value {
        self.send("POST", &format!("/session/{}{what}", self.session), body)
    }

    #[track_caller]
    fn send(&self, method: &str, path: &str, body: &Value) -> Value {
        let (status, value) = self.attempt(method, path, body);
        assert_eq!(status, 200, "{method} {path} {body}: {value:#}");
        value
    }

    fn attempt(&self, method: &str, path: &str, body: &Value) -> (u16, Value) {
        let body = if body.is_null() { String::new() } else { body.to_string() };
        let request = format!(
            "{method} {path} HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\
             Content-Type: application/json\r\nContent-Length: {}\r\n\r\n{body}",
            body.len()
        );
        let answer = exchange(&self.driver, request.as_bytes());
        let value: Value = serde_json::from_slice(&answer.body).unwrap_or_default();
        (answer.status, value["value"].clone())
    }
}

impl Drop for Browser {
    fn drop(&mut self) {
        let request = format!("DELETE /session/{} HTTP/1.1\r\nHost: t\r\nConnection: close\r\n\r\n", self.session);
        _ = try_exchange(&self.driver, request.as_bytes());
        // chromedriver gives Chromium a process group of its own: whatever still has our profile is ours to end.
        let ours = self.profile.path().to_string_lossy().into_owned();
        for entry in fs::read_dir("/proc").into_iter().flatten().flatten() {
            let id = entry.file_name().to_str().and_then(|name| name.parse().ok()).and_then(Pid::from_raw);
            let line = fs::read(entry.path().join("cmdline")).unwrap_or_default();
            if let Some(id) = id.filter(|_| String::from_utf8_lossy(&line).contains(&ours)) {
                _ = kill_process(id, Signal::KILL);
            }
        }
    }
}

/// The Tab key.
pub const TAB: &str = "\u{E004}";
/// The Enter key.
pub const ENTER: &str = "\u{E007}";
const ELEMENT: &str = "element-6066-11e4-a52e-4f735466cecf";
const STATUS: &[u8] = b"GET /status HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n";
/// No sandbox, because the tests may run as root; no chatter with the vendor, which a closed network refuses.
const FLAGS: [&str; 9] = [
    "--headless=new",
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--disable-dev-shm-usage",
];
