//! The location that asks Vestibule: what would make it answer for somebody else, or for nobody at all.

use vestibule_gate::verdict::LONGEST_HEAD;

use super::tree::{Statement, Tree};
use crate::cli::doctor::finding::Finding;
use crate::config::Config;

/// What is wrong with the locations that `auth_request` asks.
pub(super) fn look(config: &Config, tree: &Tree) -> Vec<Finding> {
    let mut findings = Vec::new();
    for question in tree.questions() {
        findings.extend(shared_variables(tree, question));
        findings.extend(cache(config, tree, question));
        findings.extend(yes_to_everybody(tree, question));
        findings.extend(moved(tree, question));
        findings.extend(short_of_room(config, tree, question));
    }
    findings
}

/// The mistake of the file that is published for Authgear: a variable that is `set` here and for the application. A
/// subrequest sets it for the request that it belongs to.
fn shared_variables(tree: &Tree, question: &Statement) -> Vec<Finding> {
    let inside = |set: &Statement| question.opens.is_some_and(|block| set.block.contains(&block));
    let server = tree.server_of(question);
    let (here, elsewhere): (Vec<_>, Vec<_>) =
        tree.all("set").filter(|set| tree.server_of(set) == server).partition(|set| inside(set));
    let shared = here.into_iter().filter_map(|set| {
        let other = elsewhere.iter().find(|other| other.word(1) == set.word(1))?;
        let text = format!(
            "{} is set at {} too, and a subrequest of auth_request shares variables with the request: the application \
             would never be asked; give the two variables two names",
            set.word(1),
            other.place
        );
        Some(Finding::wrong(set.place.to_string(), text))
    });
    shared.collect()
}

/// A cache that gives one person's answer to another, or an old one to anybody.
fn cache(config: &Config, tree: &Tree, question: &Statement) -> Vec<Finding> {
    let inside: Vec<usize> = question.block.iter().copied().chain(question.opens).collect();
    let holding = |name: &str| tree.holding(&inside, name).into_iter().next();
    let Some(cache) = holding("proxy_cache").filter(|cache| cache.word(1) != "off") else { return Vec::new() };
    let mut findings = Vec::new();
    let mut wrong = |at: &Statement, text: String| findings.push(Finding::wrong(at.place.to_string(), text));
    let cookie = format!("$cookie_{}", config.cookie_names().session());
    let key = holding("proxy_cache_key");
    if !key.is_some_and(|key| key.word(1).contains(&cookie) && key.word(1).contains("$http_authorization")) {
        let text = format!(
            "`{}` keeps answers of {}, and its key is not \"{cookie}|$http_authorization\": everybody would be the first \
             who came; write `proxy_cache off;` there, or that key",
            cache.words.join(" "),
            question.place
        );
        wrong(key.unwrap_or(cache), text);
    }
    let ignored = ["Cache-Control", "Expires"];
    if let Some(ignores) = holding("proxy_ignore_headers")
        .filter(|at| at.words.iter().any(|word| ignored.iter().any(|header| word.eq_ignore_ascii_case(header))))
    {
        let text = format!(
            "holds at {} too, where answers that must not be kept say so in Cache-Control: one person would be taken for \
             another; write `proxy_cache off;` there",
            question.place
        );
        wrong(ignores, text);
    }
    if let Some(stale) = holding("proxy_cache_use_stale").filter(|stale| stale.word(1) != "off") {
        let text = format!(
            "holds at {} too: whoever was signed in stays it while nobody can be asked; write `proxy_cache_use_stale off;` \
             there",
            question.place
        );
        wrong(stale, text);
    }
    findings
}

/// An error that is answered as a success.
fn yes_to_everybody(tree: &Tree, question: &Statement) -> Vec<Finding> {
    let inside: Vec<usize> = question.block.iter().copied().chain(question.opens).collect();
    let says_yes = |page: &&Statement| {
        page.words.iter().any(|word| word.strip_prefix('=').is_some_and(|code| !code.starts_with(['4', '5'])))
    };
    // nginx has no 401 or 403 of its own here, and leaves ours alone unless it is told to intercept.
    let intercepts = tree.holding(&inside, "proxy_intercept_errors").iter().any(|at| at.word(1) == "on");
    let concerns = |page: &&Statement| {
        let code = |word: &&String| word.bytes().all(|b| b.is_ascii_digit());
        intercepts || page.words.iter().skip(1).filter(code).any(|code| !["401", "403"].contains(&code.as_str()))
    };
    let pages = tree.holding(&inside, "error_page").into_iter().filter(says_yes).filter(concerns);
    pages
        .map(|page| {
            let text = format!(
                "holds at {} too: while nobody can be asked, it answers in our place and everybody gets in; write an \
                 `error_page` there, as `vestibule proxy-config nginx` prints it",
                question.place
            );
            Finding::wrong(page.place.to_string(), text)
        })
        .collect()
}

/// A buffer that a long answer does not fit into: nginx would refuse everybody whose answer is one.
fn short_of_room(config: &Config, tree: &Tree, question: &Statement) -> Option<Finding> {
    if !config.identity_headers().are_long() {
        return None;
    }
    let inside: Vec<usize> = question.block.iter().copied().chain(question.opens).collect();
    let written = tree.holding(&inside, "proxy_buffer_size").into_iter().next();
    let place = written.unwrap_or(question).place.to_string();
    let size = written.map_or(4_096, |line| bytes(line.word(1)));
    let text = format!(
        "an answer with `[headers.extra]` or an assertion has up to {LONGEST_HEAD} bytes, and nginx keeps {size} for its \
         head and refuses the request where they are too few; write `proxy_buffer_size 16k; proxy_buffers 4 16k; \
         proxy_busy_buffers_size 32k;` in {}",
        question.place
    );
    (size < LONGEST_HEAD).then(|| Finding::wrong(place, text))
}

/// A size as nginx writes it; 0 for what is none.
fn bytes(text: &str) -> usize {
    let (digits, unit) = match text.strip_suffix(['k', 'K']) {
        Some(digits) => (digits, 1 << 10),
        None => text.strip_suffix(['m', 'M']).map_or((text, 1), |digits| (digits, 1 << 20)),
    };
    digits.parse::<usize>().map_or(0, |number| number.saturating_mul(unit))
}

/// A `rewrite` of the server, which nginx applies to subrequests, too.
fn moved(tree: &Tree, question: &Statement) -> Vec<Finding> {
    let outside = |at: &&Statement| at.block.starts_with(&question.block) && tree.is_in_no_location(at);
    let path = question.words.last().map_or("", String::as_str);
    let text = format!(
        "is applied to the question of {} too: if it matches {path}, somebody else answers; put it into a location",
        question.place
    );
    tree.all("rewrite").filter(outside).map(|at| Finding::note(at.place.to_string(), text.clone())).collect()
}
