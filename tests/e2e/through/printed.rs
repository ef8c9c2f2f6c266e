//! What we print lets nothing through, and the doctor leaves nothing behind.

use super::{RULES, attacked};

#[test]
fn nothing_comes_through_what_is_printed() {
    let extra =
        "[headers]\nassertion = true\nassertion_audience = \"app\"\n[headers.extra]\n\"Remote-User\" = \"user.id\"\n";
    for config in ["", RULES, extra] {
        let attacked = attacked(config, |config| config);
        let said = attacked.finds();
        assert_eq!(said.code, 0, "{config}\n{}{}\n{}", said.out, said.err, attacked.site.nginx.errors());
        assert!(said.out.contains("Nothing came through: ") && !said.out.contains("not tried"), "{}", said.out);
        let left = attacked.site.vestibule.cli(&["session", "list", "ada@example.com", "--json"]).expect_code(0);
        assert_eq!(left.out, "", "a session was left behind");
    }
}
