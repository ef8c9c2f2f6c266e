//! `vestibule doctor --through`, which attacks what is printed as a client would: through every proxy it finds nothing.

use std::net::SocketAddr;

use crate::site::Site;

const EMAIL: &str = "ada@example.com";

pub(crate) fn it_finds_nothing(site: &Site, echo: SocketAddr) {
    site.vestibule.add_user(EMAIL, &[]);
    let (url, at, echo) = (format!("{}/", site.vestibule.origin()), site.address.to_string(), echo.to_string());
    let said = site.vestibule.cli(&["doctor", "--through", &url, "--connect", &at, "--echo", &echo, "--user", EMAIL]);
    let known = site.proxy.doctor_finds;
    let found: Vec<&str> = said.out.lines().filter(|line| line.starts_with("WRONG ")).collect();
    let is_known = |(line, known): (&&str, &&str)| line.starts_with(known);
    assert!(found.len() == known.len() && found.iter().zip(known).all(is_known), "{}{}", said.out, said.err);
    assert_eq!(said.code, i32::from(!known.is_empty()), "{}{}\n{}", said.out, said.err, site.story());
    let nothing = said.out.contains("Nothing came through: ");
    assert!(nothing == known.is_empty() && !said.out.contains("not tried"), "{}", said.out);
    let left = site.vestibule.cli(&["session", "list", EMAIL, "--json"]).expect_code(0);
    assert_eq!(left.out, "", "a session was left behind");
}
