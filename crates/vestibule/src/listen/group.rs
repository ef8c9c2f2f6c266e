//! The number of a group, from its name: `/etc/group`, and where that does not know it, `getent`, which asks
//! directories too. Asked once, when a socket is bound; the C library's own look-up would need unsafe code.

use std::fs;
use std::process::Command;

use rustix::fs::Gid;

/// The group of this name, or with this number.
pub(super) fn find(name: &str) -> Option<Gid> {
    if let Ok(number) = name.parse() {
        return Some(Gid::from_raw(number));
    }
    let local = fs::read_to_string("/etc/group").ok().and_then(|text| number(&text, name));
    local.or_else(|| {
        let output = Command::new("getent").args(["group", "--", name]).output().ok()?;
        number(&String::from_utf8_lossy(&output.stdout), name)
    })
}

/// Lines of `name:password:number:members`.
fn number(text: &str, name: &str) -> Option<Gid> {
    text.lines().find_map(|line| {
        let mut fields = line.split(':');
        let found = fields.next()? == name;
        let number = fields.nth(1)?.parse().ok()?;
        found.then(|| Gid::from_raw(number))
    })
}

#[cfg(test)]
mod tests {
    use super::{find, number};

    #[test]
    fn a_group_is_found_by_its_whole_name() {
        let text = "root:x:0:\nwww:x:7:\nbroken\nwww-data:x:33:alice,bob\n";
        assert_eq!(number(text, "www-data").map(|gid| gid.as_raw()), Some(33));
        assert_eq!(number(text, "www-dat"), None);
        assert_eq!(find("33").map(|gid| gid.as_raw()), Some(33));
        assert_eq!(find("no-such-group-here"), None);
    }
}
