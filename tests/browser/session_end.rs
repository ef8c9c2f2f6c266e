//! The end of a session while a page is at work: every one of its requests gets a clean answer, and signing in leads back
//! to the page, never to a script, an image or an address of an API.

use std::collections::BTreeSet;
use std::thread;

use serde_json::Value;
use vestibule_tests::backend::Backend;
use vestibule_tests::browser::Browser;
use vestibule_tests::nginx::{self, Site};
use vestibule_tests::port;
use vestibule_tests::server::{PASSWORD, Setup};
use vestibule_tests::wait;

use super::{EMAIL, sign_in, submit_sign_in};

/// A page that asks for forty things at once, again and again until nothing is answered any more. What became of them is
/// in `waves`: the status of each, as the browser counts it.
const PAGE: &str = r"<!doctype html><title>At work</title><h1>At work</h1><script>
window.waves = [];
const ask = (n) => new Promise((done) => {
  const url = `/${['api', 'image', 'script', 'style'][n % 4]}/${window.waves.length}-${n}`;
  const finish = () => done(url);
  if (n % 4 === 0) fetch(url).then(finish, finish);
  else {
    const kind = ['', 'img', 'script', 'link'][n % 4];
    const element = document.createElement(kind);
    if (kind === 'link') element.rel = 'stylesheet';
    element.onload = element.onerror = finish;
    element[kind === 'link' ? 'href' : 'src'] = url;
    document.head.append(element);
  }
});
performance.setResourceTimingBufferSize(100000);
window.wave = async () => {
  const urls = await Promise.all(Array.from({ length: 40 }, (_, n) => ask(n)));
  const noted = (url) => performance.getEntriesByName(location.origin + url)[0];
  // They are noted a moment after they are over.
  for (let n = 0; n < 100 && !urls.every(noted); n += 1) await new Promise((done) => setTimeout(done, 20));
  const statuses = urls.map((url) => noted(url)?.responseStatus ?? -1);
  window.waves.push(statuses);
  return statuses;
};
window.work = async () => { while ((await wave()).some((status) => status === 200)); window.over = true; };
</script>";

/// An application behind the nginx that is printed for rules: it is asked for only by whom they let in.
pub(super) fn guarded_site() -> Site {
    let address = port::free();
    let backend = Backend::with(vec![("/work", "text/html", PAGE.to_owned())]);
    let setup = Setup::default().origin(&format!("http://localhost:{}", address.port()));
    let setup = setup.config("[[rules]]\nallow = \"any user\"");
    let site = Site::before(backend, setup, address, |vestibule, app| nginx::printed(vestibule, app, address));
    site.vestibule.add_user(EMAIL, &[]);
    site
}

fn end_all(site: &Site) {
    site.vestibule.cli(&["session", "revoke", "--user", EMAIL]).expect_code(0);
}

fn statuses(waves: &Value) -> BTreeSet<i64> {
    waves
        .as_array()
        .into_iter()
        .flatten()
        .flat_map(|wave| wave.as_array().into_iter().flatten())
        .map(|status| status.as_i64().unwrap_or(-1))
        .collect()
}

#[test]
fn every_request_of_a_page_gets_its_clean_answer_when_the_session_ends() {
    let site = guarded_site();
    let browser = Browser::start();
    let work = format!("{}/work?order=7&from=%2Fa%3Fb", site.vestibule.origin());
    browser.open(&work);
    assert!(browser.url().contains("/auth/login?return_to="), "{}", browser.url());
    submit_sign_in(&browser, EMAIL, PASSWORD);
    assert_eq!(browser.url(), work);

    browser.script("work()");
    wait::until("a wave is answered", || (browser.script("return waves.length").as_i64() > Some(0)).then_some(()));
    end_all(&site);
    wait::until("nothing is answered any more", || (browser.script("return !!window.over") == true).then_some(()));
    let seen = statuses(&browser.script("return waves"));
    assert_eq!(seen, BTreeSet::from([200, 401]), "nothing but yes before and no after");
    assert_eq!(browser.url(), work, "the page is where it was");

    // The person sees that nothing works and loads the page again.
    browser.open(&work);
    assert!(browser.url().contains("/auth/login?return_to="), "{}", browser.url());
    submit_sign_in(&browser, EMAIL, PASSWORD);
    assert_eq!(browser.url(), work, "back at the page, and at nothing that it had asked for");
    let wave = browser.script_async("const done = arguments[0]; wave().then(done)");
    assert_eq!(statuses(&Value::Array(vec![wave])), BTreeSet::from([200]));
}

/// A page of an application is a frame, a form or a download, too.
#[test]
fn only_what_a_person_opens_leads_to_the_sign_in_page() {
    let site = guarded_site();
    let browser = Browser::start();
    let page = format!("{}/work", site.vestibule.origin());
    browser.open(&page);
    sign_in(&browser, &site);
    browser.open(&page);
    end_all(&site);
    let answered = browser.script_async(
        "const done = arguments[0];
         const seen = async (url, options) => {
           const answer = await fetch(url, { redirect: 'manual', ...options });
           return [answer.type, answer.status, answer.headers.get('www-authenticate')];
         };
         Promise.all([
           seen('/api/1'), seen('/api/2', { method: 'POST', body: 'x' }),
           seen('/page', { headers: { Accept: 'text/html' } }),
         ]).then(done)",
    );
    let refused = serde_json::json!(["basic", 401, "Bearer"]);
    assert_eq!(answered, serde_json::json!([refused, refused, refused]));
    browser.script("const form = document.createElement('form'); form.method = 'post'; form.action = '/order'; document.body.append(form); form.submit()");
    wait::until("the form is answered", || browser.url().ends_with("/order").then_some(()));
    assert!(!browser.has("#password"), "a form that is lost is not led through a page: {}", browser.text());
}

/// Forty connections at once, more than a browser opens.
#[test]
fn forty_requests_at_the_end_of_a_session_are_each_let_in_or_refused() {
    let site = guarded_site();
    for _ in 0..5 {
        let cookie = format!("session={}", site.vestibule.create_session(EMAIL));
        let navigation = [("Cookie", cookie.as_str()), ("Sec-Fetch-Mode", "navigate"), ("Sec-Fetch-Dest", "document")];
        let fetch = [("Cookie", cookie.as_str()), ("Sec-Fetch-Mode", "cors"), ("Sec-Fetch-Dest", "empty")];
        thread::scope(|scope| {
            let asking: Vec<_> = (0..40)
                .map(|n| {
                    let (site, headers) = (&site, if n % 2 == 0 { &navigation } else { &fetch });
                    scope.spawn(move || {
                        let path = format!("/page?n={n}");
                        (n, (0..8).map(|_| site.get(&path, headers)).collect::<Vec<_>>())
                    })
                })
                .collect();
            end_all(&site);
            let (after, late) = (site.get("/page", &fetch).status, site.get("/page", &navigation).status);
            assert_eq!((after, late), (401, 302), "acknowledged, and from then on nobody");
            for asked in asking {
                let (n, answers) = asked.join().expect("a thread that asks");
                let no = if n % 2 == 0 { 302 } else { 401 };
                let statuses: Vec<u16> = answers.iter().map(|answer| answer.status).collect();
                assert!(statuses.iter().all(|status| [200, no].contains(status)), "{n}: {statuses:?}");
                assert!(statuses.is_sorted_by_key(|status| *status != 200), "dead and alive again: {statuses:?}");
                for answer in answers.iter().filter(|answer| answer.status == 302) {
                    let to = answer.header("location").expect("a way");
                    assert!(to.ends_with(&format!("%2Fpage%3Fn%3D{n}")), "{to}");
                }
            }
        });
    }
}
