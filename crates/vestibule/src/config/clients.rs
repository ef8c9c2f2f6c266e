//! `[[clients]]`: clients that the configuration file declares. Read like a section each; what a table comes to is decided
//! where it is decided for the command line, and only said differently.

use std::path::Path;

use vestibule_gate::grant::{RefreshLifetime, Registration};
use vestibule_gate::token::opaque::TokenHash;
use vestibule_ledger::changes::DeclaredClient;

use super::Config;
use super::raw::{Origin, Problem};
use super::section::{Field, Section};
use super::sections::ClientTable;
use super::source::{Source, origin_of};

/// The tables, each with the place where it begins.
#[derive(Debug, Clone)]
pub struct Clients(pub Vec<(ClientTable, Origin)>);

impl Section for Clients {
    const NAME: &'static str = "[clients]";

    fn fields() -> Vec<Field> {
        ClientTable::fields()
    }

    fn take(source: &mut Source) -> Self {
        Self(source.take_tables("clients", ClientTable::take))
    }
}

/// Makes clients of the tables; adds what is wrong to the problems.
pub(super) fn declared(config: &Config, problems: &mut Vec<Problem>) -> Vec<DeclaredClient> {
    let mut all: Vec<DeclaredClient> = Vec::new();
    for (index, (table, begins)) in config.clients.0.iter().enumerate() {
        match client(config, index, table).and_then(|client| is_new(&client, &all).map(|()| client)) {
            Ok(client) => all.push(client),
            Err(Wrong { name, item, message }) => {
                let key = format!("clients[{index}].{name}");
                let origin = Some(origin_of(&config.shown, &key)).filter(|origin| *origin != Origin::Default);
                // What could not be read has been named already, and seems to be missing.
                if problems.iter().any(|problem| problem.key.starts_with(&key)) {
                    continue;
                }
                let key = item.map_or_else(|| key.clone(), |item| format!("{key}[{item}]"));
                problems.push(Problem { origin: origin.unwrap_or_else(|| begins.clone()), key, message });
            }
        }
    }
    all
}

/// What is wrong with a table.
struct Wrong {
    name: &'static str,
    item: Option<usize>,
    message: String,
}

impl Wrong {
    fn with(name: &'static str, message: impl Into<String>) -> Self {
        Self { name, item: None, message: message.into() }
    }
}

fn client(config: &Config, index: usize, table: &ClientTable) -> Result<DeclaredClient, Wrong> {
    let id = table.id.clone().ok_or_else(|| Wrong::with("id", "is missing; write what it sends as `client_id`"))?;
    let kind = table.kind.ok_or_else(|| Wrong::with("kind", "is missing; write what it is, such as `\"spa\"`"))?;
    let said = Registration {
        name: table.name.clone(),
        redirect_uris: Some(table.redirect_uris.clone()),
        post_logout_redirect_uris: Some(table.post_logout_redirect_uris.clone()),
        scopes: Some(table.scopes.clone()),
        full_access: Some(table.full_access),
        jwt_access_tokens: Some(table.jwt_access_tokens),
        // The default is no word on it: a machine has nothing to do with PKCE.
        pkce: (!table.pkce).then_some(false),
        rotate_refresh_tokens: table.rotate_refresh_tokens,
        access_token_lifetime: Some(table.access_token_lifetime.0),
        refresh_token_lifetime: table.refresh_token_lifetime.map(|lifetime| RefreshLifetime::For(lifetime.0)),
        client_uri: table.client_uri.clone(),
        policy_uri: table.policy_uri.clone(),
        tos_uri: table.tos_uri.clone(),
    };
    let client = said.client(id, kind).map_err(|error| Wrong {
        name: error.part.key(),
        item: error.part.item(),
        message: error.message,
    })?;
    let wrong = |message: String| Err(Wrong::with("secret_file", message));
    let secret = match &table.secret_file {
        None if kind.is_public() => None,
        None => return wrong(format!("is missing; a {kind} client has a secret: write the name of a file with one")),
        Some(_) if kind.is_public() => {
            return wrong(format!("a {kind} client is public and has no secret; leave it out"));
        }
        Some(file) => {
            let place = config.place(&format!("clients[{index}].secret_file"), file);
            Some(secret(&place).map_err(|message| Wrong::with("secret_file", message))?)
        }
    };
    Ok(DeclaredClient { client, secret })
}

fn is_new(client: &DeclaredClient, others: &[DeclaredClient]) -> Result<(), Wrong> {
    if others.iter().any(|other| other.client.id == client.client.id) {
        return Err(Wrong::with("id", format!("`{}` is declared twice; give each its own", client.client.id)));
    }
    match others.iter().find(|other| other.secret.is_some() && other.secret == client.secret) {
        None => Ok(()),
        Some(other) => {
            let message = format!("holds the secret of `{}` too; give each its own", other.client.id);
            Err(Wrong::with("secret_file", message))
        }
    }
}

/// The hash of the secret in a file. The message does not repeat what is in it.
fn secret(file: &Path) -> Result<TokenHash, String> {
    let shown = file.display();
    let text = std::fs::read_to_string(file).map_err(|error| format!("`{shown}` cannot be read: {error}"))?;
    let secret = text.trim_end_matches(['\r', '\n']);
    if LENGTHS.contains(&secret.len()) && secret.bytes().all(|b| b.is_ascii_graphic()) {
        return Ok(TokenHash::of(secret.as_bytes()));
    }
    Err(format!(
        "`{shown}` does not hold a secret of {} to {} characters of ASCII without spaces, such as \
         `openssl rand -hex 32` prints",
        LENGTHS.start(),
        LENGTHS.end()
    ))
}

/// Short ones can be guessed; nothing needs longer ones.
const LENGTHS: std::ops::RangeInclusive<usize> = 32..=1024;

#[cfg(test)]
mod tests {
    use std::path::Path;

    use vestibule_gate::token::opaque::TokenHash;

    use crate::config::Config;

    const SECRET: &str = "0123456789abcdef0123456789abcdef";

    fn read_in(folder: &Path, text: &str) -> Result<Config, String> {
        let file = folder.join("v.toml");
        Config::read(Some((&file, text)), std::iter::empty()).map_err(|problems| problems.to_string())
    }

    fn read(text: &str) -> Result<Config, String> {
        read_in(Path::new(""), text)
    }

    #[test]
    fn a_table_is_a_client() {
        let folder = tempfile::tempdir().unwrap();
        std::fs::write(folder.path().join("secret"), format!("{SECRET}\n")).unwrap();
        let text = "[[clients]]\nid = \"shop\"\nkind = \"spa\"\nname = \"The shop\"\n\
            redirect_uris = [\"https://shop.example.com/callback\"]\naccess_token_lifetime = \"10m\"\n\
            [[clients]]\nid = \"jobs\"\nkind = \"machine\"\nsecret_file = \"secret\"\nscopes = [\"jobs:run\"]\n";
        let config = read_in(folder.path(), text).unwrap();
        let [shop, jobs] = config.declared.as_slice() else { panic!("{:?}", config.declared) };
        assert_eq!((shop.client.name.as_str(), shop.secret), ("The shop", None));
        assert_eq!(shop.client.access_token_lifetime.seconds(), 600);
        assert_eq!(jobs.secret, Some(TokenHash::of(SECRET.as_bytes())));
        let shown: Vec<&str> = config.shown.iter().map(|(key, ..)| key.as_str()).collect();
        assert!(shown.contains(&"clients[0].name") && shown.contains(&"clients[1].secret_file"), "{shown:?}");
    }

    #[test]
    fn what_is_wrong_is_said_with_file_line_and_key() {
        let spa = "[[clients]]\nid = \"a\"\nkind = \"spa\"\n";
        let uris = "redirect_uris = [\"https://a.example/\"]\n";
        for (text, said) in [
            ("[[clients]]\nkind = \"spa\"".to_owned(), "v.toml:1: clients[0].id: is missing"),
            ("[[clients]]\nid = \"a\"".to_owned(), "v.toml:1: clients[0].kind: is missing"),
            (spa.to_owned(), "v.toml:1: clients[0].redirect_uris: a spa client needs at least one"),
            (
                format!("{spa}redirect_uris = [\"http://a.example/\"]"),
                "v.toml:4: clients[0].redirect_uris[0]: `http://",
            ),
            (format!("{spa}{uris}pkce = false"), "v.toml:5: clients[0].pkce: a spa client cannot"),
            (format!("{spa}{uris}secret_file = \"f\""), "v.toml:5: clients[0].secret_file: a spa client is public"),
            (format!("{spa}{uris}{spa}{uris}"), "v.toml:6: clients[1].id: `a` is declared twice"),
            (
                format!("{spa}{uris}redirect_uri = \"b\""),
                "clients[0].redirect_uri: there is no such setting; did you mean",
            ),
            (
                "[[clients]]\nid = \"a b\"\nkind = \"spa\"".to_owned(),
                "v.toml:2: clients[0].id: `a b` is not a client id",
            ),
            ("[[clients]]\nid = \"a\"\nkind = \"SPA\"".to_owned(), "v.toml:3: clients[0].kind: expected `spa`"),
            ("[[clients]]\nid = \"a\"\nkind = \"machine\"".to_owned(), "clients[0].secret_file: is missing"),
            ("[clients]\nid = \"a\"".to_owned(), "write `[[clients]]`"),
            ("clients = [1]".to_owned(), "v.toml:1: clients[0]: is not a table"),
        ] {
            let problems = read(&text).unwrap_err();
            assert!(problems.contains(said), "{said} is not in {problems}");
            assert!(problems.lines().count() < 3, "{problems}");
        }
    }

    #[test]
    fn a_secret_is_long_and_its_own_and_never_repeated() {
        let folder = tempfile::tempdir().unwrap();
        let machine = |id: &str| format!("[[clients]]\nid = \"{id}\"\nkind = \"machine\"\nsecret_file = \"secret\"\n");
        for bad in ["too short a horse", "a horse with spaces and more than 32 characters", ""] {
            std::fs::write(folder.path().join("secret"), bad).unwrap();
            let said = read_in(folder.path(), &machine("a")).unwrap_err();
            assert!(said.contains("v.toml:4: clients[0].secret_file: ") && !said.contains("horse"), "{said}");
        }
        std::fs::write(folder.path().join("secret"), SECRET).unwrap();
        let said = read_in(folder.path(), &(machine("a") + &machine("b"))).unwrap_err();
        assert!(said.contains("v.toml:8: clients[1].secret_file: holds the secret of `a` too"), "{said}");
        assert!(!format!("{:?}", read_in(folder.path(), &machine("a")).unwrap()).contains(SECRET));
    }
}
