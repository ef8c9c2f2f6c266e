//! The data folder: whose it is, and who else could read it.

use std::fs;
use std::os::unix::fs::MetadataExt as _;
use std::path::Path;

use super::finding::Finding;
use crate::control::reach::user_name;

pub(super) fn look(data_dir: &Path) -> Vec<Finding> {
    let shown = data_dir.display().to_string();
    let folder = match fs::metadata(data_dir) {
        Ok(folder) => folder,
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => {
            return vec![Finding::note(shown, "data_dir is not there yet; `vestibule serve` makes it")];
        }
        Err(error) => return vec![Finding::wrong(shown, format!("data_dir cannot be looked at: {error}"))],
    };
    let mut findings = Vec::new();
    let this = rustix::process::geteuid().as_raw();
    if folder.uid() != this {
        let owner = user_name(folder.uid());
        findings.push(Finding::wrong(
            shown.clone(),
            format!("data_dir belongs to {owner}; write `sudo -u {owner} vestibule doctor`"),
        ));
    }
    if folder.mode() & 0o077 != 0 {
        let mode = folder.mode() & 0o777;
        findings.push(Finding::wrong(
            shown.clone(),
            format!("data_dir has mode {mode:04o}, so that other users can look in; write `chmod 700 {shown}`"),
        ));
    }
    for entry in fs::read_dir(data_dir).into_iter().flatten().flatten() {
        let path = entry.path().display().to_string();
        match entry.metadata() {
            Ok(file) if file.mode() & 0o077 != 0 => {
                let mode = file.mode() & 0o777;
                findings.push(Finding::wrong(path.clone(), format!("has mode {mode:04o}; write `chmod go= {path}`")));
            }
            Ok(_) | Err(_) => {}
        }
    }
    if findings.is_empty() {
        findings.push(Finding::fine(format!("data_dir {shown} is ours alone")));
    }
    findings
}

#[cfg(test)]
mod tests {
    use std::fs::{self, Permissions};
    use std::os::unix::fs::PermissionsExt as _;

    use super::super::finding::Weight;
    use super::look;

    #[test]
    fn a_folder_that_others_can_read_is_wrong() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path();
        let weights = || look(path).iter().map(|finding| finding.weight).collect::<Vec<_>>();
        fs::set_permissions(path, Permissions::from_mode(0o700)).unwrap();
        assert_eq!(weights(), [Weight::Fine]);
        fs::write(path.join("vestibule.db"), "").unwrap();
        fs::set_permissions(path.join("vestibule.db"), Permissions::from_mode(0o644)).unwrap();
        fs::set_permissions(path, Permissions::from_mode(0o755)).unwrap();
        assert_eq!(weights(), [Weight::Wrong, Weight::Wrong]);
        assert_eq!(look(&path.join("nowhere"))[0].weight, Weight::Note);
    }
}
