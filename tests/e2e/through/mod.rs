//! `vestibule doctor --through URL`: finds nothing behind what we print, and names the line that somebody took away.

mod broken;
mod printed;
mod tls;
mod trying;

use std::net::SocketAddr;

use vestibule_tests::nginx::{Site, printed_with};
use vestibule_tests::port;
use vestibule_tests::process::Said;
use vestibule_tests::server::Setup;

/// Rules under which `/public` is everybody's and the rest is for people.
const RULES: &str = "[[rules]]\nname = \"public\"\npaths = [\"/public/**\"]\nallow = \"anyone\"\n\
                     [[rules]]\nname = \"rest\"\nallow = \"any user\"\n";

/// A set-up with a place for an echo where the application would be.
struct Attacked {
    site: Site,
    echo: SocketAddr,
}

/// nginx as it is printed for this configuration, and changed so.
fn attacked(config: &str, change: impl FnOnce(String) -> String) -> Attacked {
    let (address, echo) = (port::free(), port::free());
    let origin = format!("http://localhost:{}", address.port());
    let site = Site::with(Setup::default().origin(&origin).config(config), address, |vestibule, _| {
        let (app, listen) = (format!("http://{echo}"), address.to_string());
        change(printed_with(vestibule, &["--app", &app, "--listen", &listen]))
    });
    site.vestibule.add_user("ada@example.com", &[]);
    Attacked { site, echo }
}

impl Attacked {
    /// What doctor says of the whole host.
    fn doctor(&self, more: &[&str]) -> Said {
        let (url, echo) = (format!("http://localhost:{}/", self.site.address.port()), self.echo.to_string());
        let to = self.site.address.to_string();
        let args = ["doctor", "--through", &url, "--connect", &to, "--echo", &echo];
        self.site.vestibule.cli(&[&args[..], more].concat())
    }

    /// What it finds, as somebody who is signed in.
    fn finds(&self) -> Said {
        self.doctor(&["--user", "ada@example.com"])
    }
}
