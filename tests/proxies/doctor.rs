//! `vestibule doctor --through`, which attacks what is printed as a client would: through every proxy it finds nothing.

use std::net::SocketAddr;

use crate::site::Site;

const EMAIL: &str = "ada@example.com";

pub(crate) fn it_finds_nothing(site: &Site, echo: SocketAddr) {
    site.vestibule.add_user(EMAIL, &[]);
    let (url, at, echo) = (format!("{}/", site.vestibule.origin()), site.address.to_string(), echo.to_string());
    let said = site.vestibule.cli(&["doctor", "--through", &url, "--connect", &at, "--echo", &echo, "--user", EMAIL]);
    assert_eq!(said.code, 0, "{}{}\n{}", said.out, said.err, site.story());
    assert!(said.out.contains("Nothing came through: ") && !said.out.contains("not tried"), "{}", said.out);
    let left = site.vestibule.cli(&["session", "list", EMAIL, "--json"]).expect_code(0);
    assert_eq!(left.out, "", "a session was left behind");
}
