//! Users from elsewhere, as JSON lines. A bad line is named, and then nothing is done.

use serde::Deserialize;
use vestibule_gate::account::{DisplayName, EmailAddress, Roles};
use vestibule_gate::id::UserId;
use vestibule_ledger::{NewUser, StoredHash};

use super::reply::Refusal;
use super::written::Written;

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Line {
    id: Option<Written<UserId>>,
    email: Written<EmailAddress>,
    name: Option<Written<DisplayName>>,
    #[serde(default)]
    verified: bool,
    #[serde(default)]
    roles: Vec<String>,
    password_hash: Option<String>,
}

/// The users of a file, each with its line, counted from 1. Blank lines are passed over.
pub(super) fn users(text: &str) -> Result<Vec<(usize, NewUser)>, Refusal> {
    let written = text.lines().enumerate().filter(|(_, line)| !line.trim().is_empty());
    written
        .map(|(index, line)| {
            let number = index + 1;
            user(line).map(|user| (number, user)).map_err(|why| at(number, &why))
        })
        .collect()
}

/// A refusal that names the line.
pub(super) fn at(line: usize, why: &str) -> Refusal {
    Refusal(format!("line {line}: {why}; nobody was imported: mend the line and import the whole file again"))
}

fn user(line: &str) -> Result<NewUser, String> {
    let line: Line = serde_json::from_str(line).map_err(|error| in_one_line(&error))?;
    let password = line.password_hash.map(|hash| StoredHash::parse(&hash)).transpose();
    Ok(NewUser {
        id: line.id.map(|id| id.0),
        email: line.email.0,
        name: line.name.map(|name| name.0).unwrap_or_default(),
        roles: Roles::parse(line.roles.iter().map(String::as_str)).map_err(|error| error.to_string())?,
        verified: line.verified,
        password: password.map_err(|error| error.to_string())?,
    })
}

/// What the JSON reader says without its own line, which is always 1.
fn in_one_line(error: &serde_json::Error) -> String {
    let said = error.to_string();
    let what = said.split(" at line ").next().unwrap_or_default();
    format!("column {}: {what}", error.column())
}

#[cfg(test)]
mod tests {
    use super::users;

    #[test]
    fn a_bad_line_is_named_by_its_place_in_the_file() {
        let refused = |text: &str| users(text).map(|users| users.len()).expect_err(text).0;
        let good = "{\"email\":\"a@example.com\",\"roles\":[\"b\"],\"password_hash\":null}\n\n";
        assert_eq!(users(good).map(|users| users.len()), Ok(1));
        assert!(refused(&format!("{good}{{")).starts_with("line 3: column "));
        let said = refused(&format!("{good}{{\"email\":\"b@example.com\",\"surprise\":1}}"));
        assert!(said.starts_with("line 3: ") && said.contains("surprise"), "{said}");
        let said = refused("{\"email\":\"b@example.com\",\"password_hash\":\"$1$md5\"}");
        assert!(said.contains("bcrypt") && !said.contains("$1$md5"), "{said}");
        assert!(refused("{\"email\":\"b@example.com\",\"roles\":[\"A\"]}").contains("`A`"));
        assert!(refused("{\"id\":\"1\",\"email\":\"b@example.com\"}").starts_with("line 1: "));
    }
}
