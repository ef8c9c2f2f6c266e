//! A full disk fails changes with 503 while resolves go on, and all is well when there is room again.

use std::fs::{self, File};
use std::io::Write as _;
use std::path::PathBuf;
use std::process::Command;

use vestibule_tests::server::{PASSWORD, Setup};
use vestibule_tests::{postgres, process, skip};

/// A small file system of its own, gone on drop.
struct Disk(PathBuf);

impl Disk {
    fn mount(at: PathBuf) -> Option<Self> {
        fs::create_dir(&at).expect("our own folder");
        let said = process::run(Command::new("mount").args(["-t", "tmpfs", "-o", "size=6m", "tmpfs"]).arg(&at), "");
        (said.code == 0).then_some(Self(at))
    }

    fn fill(&self) {
        let mut file = File::create(self.0.join("filler")).expect("the disk has room for a name");
        let block = [b'x'; 4096];
        while file.write_all(&block).is_ok() {}
    }

    fn free(&self) {
        fs::remove_file(self.0.join("filler")).expect("it was filled");
    }
}

impl Drop for Disk {
    fn drop(&mut self) {
        process::run(Command::new("umount").arg("-l").arg(&self.0), "");
    }
}

#[test]
fn a_full_disk_fails_changes_and_no_resolve() {
    if postgres::is_the_store() {
        let why = "PostgreSQL's disk is not in data_dir; tests/cluster fills it";
        return skip("a_full_disk_fails_changes_and_no_resolve", why);
    }
    let folder = tempfile::tempdir().unwrap();
    let Some(disk) = Disk::mount(folder.path().join("disk")) else {
        return skip("a_full_disk_fails_changes_and_no_resolve", "mounting a small tmpfs needs root");
    };
    let data = disk.0.join("data");
    let setup = Setup::default().config("[signup]\nenabled = true\n[password]\nmemory_kib = 64\niterations = 1");
    let mut vestibule = setup.environment("VESTIBULE__DATA_DIR", data.to_str().unwrap()).start();
    vestibule.add_user("ada@example.com", &[]);
    let (secret, not_in_memory) =
        (vestibule.create_session("ada@example.com"), vestibule.create_session("ada@example.com"));
    let mut ada = vestibule.person();
    ada.sign_in("ada@example.com");
    assert!(vestibule.is_live(&secret) && vestibule.is_live(&ada.session()));
    disk.fill();

    // What fits into the space that the database has already may still succeed; soon nothing does.
    let statuses: Vec<u16> =
        (0..30).map(|_| vestibule.person().try_sign_in("ada@example.com", PASSWORD).status).collect();
    assert!(statuses.iter().all(|status| [303, 503].contains(status)), "{statuses:?}");
    assert_eq!(statuses.last(), Some(&503), "{statuses:?}");
    for (page, fields) in [
        ("/logout", &[][..]),
        ("/settings/sessions/revoke-others", &[]),
        ("/settings/password", &[("current_password", PASSWORD), ("new_password", "a new horse and battery")]),
        ("/settings/delete", &[("current_password", PASSWORD)]),
        ("/signup", &[("name", "N"), ("email", "new@example.com"), ("password", PASSWORD)]),
    ] {
        let answer = ada.post(page, fields);
        assert_eq!(answer.status, 503, "{page}: {}", answer.text());
    }
    assert_ne!(
        vestibule.cli(&["session", "revoke", "--all"]).code,
        0,
        "a revocation that was not written was acknowledged"
    );
    for secret in [&secret, &not_in_memory, &ada.session()] {
        assert!((0..50).all(|_| vestibule.is_live(secret)), "resolves go on");
    }

    // Nor does a restart need space, whether the end was in order or not.
    vestibule.kill();
    vestibule.start();
    assert!(vestibule.is_live(&secret));
    vestibule.stop();
    vestibule.start();
    assert!(vestibule.is_live(&not_in_memory));

    disk.free();
    // What failed was not done, and is done now.
    ada.sign_in("ada@example.com");
    let session = ada.session();
    assert_eq!(ada.post("/logout", &[]).status, 303);
    assert!(!vestibule.is_live(&session));
    vestibule.cli(&["session", "revoke", "--all"]).expect_code(0);
    assert!(!vestibule.is_live(&secret));
    vestibule.stop();
}
