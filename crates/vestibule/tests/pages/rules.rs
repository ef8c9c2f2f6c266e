//! What every page keeps to, read from its HTML (WCAG 2.2, with the numbers of its criteria). `Browser::send` holds every
//! answer of every test to it, so that no page in no state goes unseen.

use std::collections::BTreeSet;

use crate::markup::{Page, Tag};

/// The tokens of HTML's autofill that our fields may have. `off` is none of them, and neither is one made up.
const AUTOCOMPLETE: [&str; 5] = ["username", "email", "name", "current-password", "new-password"];

/// Complains about everything that is wrong with a page.
#[track_caller]
pub(crate) fn keeps(html: &str) {
    let page = Page::read(html);
    let mut found = Vec::new();
    frame(&page, &mut found);
    names(&page, &mut found);
    for field in page.named("input") {
        self::field(&page, field, &mut found);
    }
    refusal(&page, &mut found);
    hints(&page, &mut found);
    nothing_inline(&page, &mut found);
    assert!(found.is_empty(), "{}\n\n{html}", found.join("\n"));
}

/// Language, title, one heading of the first level and none left out (3.1.1, 2.4.2, 1.3.1).
fn frame(page: &Page, found: &mut Vec<String>) {
    if !page.named("html").any(|tag| !tag.value("lang").is_empty()) {
        found.push("no language".to_owned());
    }
    if page.text("title").is_none_or(|title| !title.contains(" - ") || title.starts_with(" -")) {
        found.push("the title does not say the state and the product".to_owned());
    }
    if page.named("h1").count() != 1 {
        found.push("not one h1".to_owned());
    }
    if page.named("main").count() != 1 || page.named("h3").count() > 0 {
        found.push("the outline has a hole".to_owned());
    }
}

/// Ids are unique, and whatever is named by one is there (1.3.1, 4.1.2). Buttons, links and labels say something.
fn names(page: &Page, found: &mut Vec<String>) {
    let mut ids = BTreeSet::new();
    for id in page.tags.iter().filter_map(|tag| tag.get("id")) {
        if id.is_empty() || !ids.insert(id) {
            found.push(format!("id {id:?} twice, or empty"));
        }
    }
    for tag in &page.tags {
        for attribute in ["for", "aria-describedby", "aria-labelledby", "aria-controls"] {
            for id in tag.value(attribute).split(' ').filter(|_| tag.get(attribute).is_some()) {
                if !ids.contains(id) {
                    found.push(format!("{attribute}={id:?} is nowhere"));
                }
            }
        }
        if ["label", "button", "a", "h1", "h2", "li"].contains(&tag.name) && page.inner(tag).trim().is_empty() {
            found.push(format!("an empty {}", tag.name));
        }
        if tag.name == "img" && tag.get("alt").is_none() {
            found.push("an image without a text".to_owned());
        }
    }
}

/// A visible label, and a token that says what the field is for (1.3.5, 3.3.2).
fn field(page: &Page, field: &Tag, found: &mut Vec<String>) {
    let name = field.value("name");
    let kind = field.get("type").unwrap_or("text");
    if kind == "hidden" {
        return;
    }
    let shown = field.get("aria-hidden").is_none();
    let labels = page.named("label").filter(|label| label.get("for").is_some_and(|id| Some(id) == field.get("id")));
    if shown && labels.count() != 1 {
        found.push(format!("{name}: not one label"));
    }
    if !shown && (field.get("tabindex") != Some("-1") || field.get("readonly").is_none()) {
        found.push(format!("{name}: hidden, and yet reached"));
    }
    let token = field.value("autocomplete");
    let fits = match kind {
        "checkbox" => token.is_empty(),
        "password" => token.ends_with("-password"),
        "email" => ["username", "email"].contains(&token),
        // What a thing is called is no data about a person, and no browser has it.
        _ if name == "label" => token == "off",
        _ => AUTOCOMPLETE.contains(&token) && !token.ends_with("-password"),
    };
    if !fits {
        found.push(format!("{name}: autocomplete {token:?} on type {kind}"));
    }
    if kind == "password" && !field.value("value").is_empty() {
        found.push(format!("{name}: a secret is sent back"));
    }
}

/// A refused form says so in the title and in a summary that has the focus; the summary leads to every refused field, and
/// the field to its text (3.3.1, 4.1.3).
fn refusal(page: &Page, found: &mut Vec<String>) {
    let invalid: BTreeSet<&str> =
        page.tags.iter().filter(|tag| tag.get("aria-invalid").is_some()).map(|tag| tag.value("id")).collect();
    for id in &invalid {
        let by = page.by_id(id).map(|tag| tag.value("aria-describedby")).unwrap_or_default();
        if !by.split(' ').any(|by| by == format!("{id}-error")) {
            found.push(format!("{id} is invalid without a reason"));
        }
    }
    let title = page.text("title").unwrap_or_default();
    let says_so = title.starts_with("Error: ") || title.starts_with("Fehler: ");
    let focused: Vec<&str> =
        page.tags.iter().filter(|tag| tag.get("autofocus").is_some()).map(|tag| tag.value("id")).collect();
    let Some(summary) = page.by_id("errors") else {
        if says_so || !invalid.is_empty() {
            found.push("an error without a summary".to_owned());
        }
        return;
    };
    if !says_so {
        found.push(format!("the title {title:?} does not say that something is wrong"));
    }
    if summary.get("role") != Some("alert") || summary.get("tabindex") != Some("-1") || focused != ["errors"] {
        found.push(format!("the summary is not what gets the focus, but {focused:?}"));
    }
    let linked: BTreeSet<&str> =
        page.within(summary).filter_map(|tag| tag.get("href")).map(|to| to.trim_start_matches('#')).collect();
    if linked != invalid {
        found.push(format!("the summary leads to {linked:?}, and {invalid:?} are refused"));
    }
}

/// A hint or an advice that no field is described by is read by nobody who does not see it (1.3.1).
fn hints(page: &Page, found: &mut Vec<String>) {
    let described: BTreeSet<&str> = page.tags.iter().flat_map(|tag| tag.value("aria-describedby").split(' ')).collect();
    for hint in page.tags.iter().filter(|tag| ["hint", "advice", "why"].contains(&tag.value("class"))) {
        if !hint.get("id").is_some_and(|id| described.contains(id)) {
            found.push(format!("{:?} describes nothing", page.inner(hint)));
        }
    }
}

/// The policy forbids styles and scripts in the page; and a form is a POST to a page of ours.
fn nothing_inline(page: &Page, found: &mut Vec<String>) {
    for tag in &page.tags {
        if tag.get("style").is_some() || tag.attributes.iter().any(|(name, _)| name.starts_with("on")) {
            found.push(format!("a style or script in <{}>", tag.name));
        }
        if tag.name == "script" && (tag.get("src").is_none() || !page.inner(tag).is_empty()) {
            found.push("a script in the page".to_owned());
        }
        if tag.name == "form" && (tag.value("method") != "post" || !is_path(tag.value("action"))) {
            found.push("a form that is sent elsewhere".to_owned());
        }
    }
}

/// A path of this origin, and nothing that a browser could take for another host.
fn is_path(action: &str) -> bool {
    action.starts_with('/') && !action.starts_with("//") && !action.contains('\\')
}

/// Every template is a page of the one layout with one heading, and writes no field by hand.
#[test]
fn every_template_keeps_to_the_layout() {
    let folder = std::fs::read_dir(concat!(env!("CARGO_MANIFEST_DIR"), "/templates")).expect("our own templates");
    let mut pages = 0;
    for path in folder.map(|entry| entry.expect("our own templates").path()) {
        let name = path.file_name().and_then(|name| name.to_str()).expect("a name");
        let text = std::fs::read_to_string(&path).expect("a template");
        assert!(!text.contains("|safe") && !text.contains("escape \"none\""), "{name}: nothing goes out as it came in");
        if ["layout.html", "fields.html", "error_summary.html"].contains(&name) {
            continue;
        }
        assert!(text.starts_with("{% extends \"layout.html\" %}"), "{name}");
        assert_eq!((text.matches("<h1>").count(), text.matches("{% block title %}").count()), (1, 1), "{name}");
        for field in text.split("<input ").skip(1) {
            let own = ["type=\"hidden\"", "id=\"start_fresh\""].iter().any(|start| field.starts_with(start));
            assert!(own, "{name}: fields.html writes the fields");
        }
        pages += 1;
    }
    assert!(pages > 8, "the templates were not read");
}

/// The instrument works: a page with a mistake of each kind is seen.
#[test]
fn a_bad_page_is_seen() {
    let page = "<html><title>Error: x</title><main><h1>x</h1><h1>y</h1><p class=\"hint\">z</p>\
                <input name=\"a\" autocomplete=\"off\" aria-invalid=\"true\" aria-describedby=\"b\" onclick=\"c\">\
                <form method=\"get\" action=\"//evil\"><button></button></form></main></html>";
    let complaint = std::panic::catch_unwind(|| keeps(page)).expect_err("a bad page");
    let complaint = complaint.downcast_ref::<String>().expect("in words");
    for mistake in [
        "no language",
        "state and the product",
        "not one h1",
        "\"b\" is nowhere",
        "not one label",
        "autocomplete \"off\"",
        "without a summary",
        "without a reason",
        "\"z\" describes nothing",
        "a style or script",
        "sent elsewhere",
        "an empty button",
    ] {
        assert!(complaint.contains(mistake), "{mistake}: {complaint}");
    }
}
