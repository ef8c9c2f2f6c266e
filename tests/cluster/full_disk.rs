//! The database's disk is full.

use std::fs;
use std::io::Write as _;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::Duration;

use vestibule_tests::cluster::{Cluster, Load};
use vestibule_tests::postgres::{self, Postgres};
use vestibule_tests::{process, skip};

use crate::WAITS;

/// A small disk, mounted while the value lives.
struct Disk(PathBuf);

impl Disk {
    fn mount(at: &Path) -> Option<Self> {
        let said =
            process::run(Command::new("mount").args(["-t", "tmpfs", "-o", "size=96m,mode=0777", "tmpfs"]).arg(at), "");
        (said.code == 0).then(|| Self(at.to_owned()))
    }

    fn fill(&self) {
        let mut file = fs::File::create(self.0.join("ballast")).expect("there is room for a name");
        while file.write_all(&[0; 4096]).is_ok() {}
    }

    fn free(&self) {
        _ = fs::remove_file(self.0.join("ballast"));
    }
}

impl Drop for Disk {
    fn drop(&mut self) {
        process::run(Command::new("umount").arg("-l").arg(&self.0), "");
    }
}

#[test]
fn a_full_disk_fails_changes_and_loses_none() {
    let folder = postgres::folder();
    let Some(disk) = Disk::mount(folder.path()) else {
        return skip("a_full_disk_fails_changes_and_loses_none", "mounting a small tmpfs needs root");
    };
    let small = ["--wal-segsize=1"];
    let settings = ["min_wal_size=2MB", "max_wal_size=4MB", "shared_buffers=16MB"];
    let mut cluster =
        Cluster::on(Postgres::in_folder(postgres::folder_in(folder.path()), &small, &settings), 2, |_, setup| setup);
    let load = Load::start(&cluster);
    load.run_for(Duration::from_secs(2));
    disk.fill();
    load.run_for(Duration::from_secs(4));
    disk.free();
    // It ends itself when it cannot write what it has promised; systemd starts it again.
    if !cluster.postgres.process().runs() {
        cluster.postgres.restart();
    }
    let healed = cluster.heals_within(Duration::from_secs(10));
    load.run_for(Duration::from_secs(1));
    let report = load.checked("a full disk");
    println!("a full disk: healed in {healed:?}");
    assert!(report.unacknowledged > 0, "it was not full");
    assert!(report.wait < WAITS, "somebody waited for {:?}", report.wait);
    drop(cluster);
}
