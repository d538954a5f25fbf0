//! A disk that is full at any byte of a run: a clear error, the release before untouched, and the rerun goes on once there is room.

use std::fs;
use std::path::Path;
use std::process::Command;

use super::{Site, codes};

/// A small file system of its own; unmounted when dropped.
struct SmallDisk<'a> {
    at: &'a Path,
}

impl<'a> SmallDisk<'a> {
    /// None, with a printed line, where this user may not mount.
    fn mount(at: &'a Path, kilobytes: u32) -> Option<Self> {
        fs::create_dir_all(at).unwrap();
        let options = format!("size={kilobytes}k");
        let mounted = Command::new("mount").args(["-t", "tmpfs", "-o", &options, "tmpfs"]).arg(at).output();
        if mounted.is_ok_and(|done| done.status.success()) {
            return Some(Self { at });
        }
        eprintln!("skipped: mounting a small tmpfs needs root");
        None
    }

    fn resize(&self, kilobytes: u32) {
        let options = format!("remount,size={kilobytes}k");
        let done = Command::new("mount").args(["-o", &options]).arg(self.at).status().unwrap();
        assert!(done.success());
    }
}

impl Drop for SmallDisk<'_> {
    fn drop(&mut self) {
        let _ = Command::new("umount").arg("-l").arg(self.at).status();
    }
}

#[test]
fn a_full_disk_leaves_the_release_before_and_says_so() {
    let site = Site::new("");
    let out = site.path("out");
    let Some(disk) = SmallDisk::mount(&out, 8_192) else { return };
    site.month("2026-01", 60, 7);
    site.publish("2026-01", &[]);
    site.month("2026-02", 60, 6);
    let before = site.seen();
    let used = used_kilobytes(&out);
    let mut refused = 0;
    // Four kilobytes are a page of the file system: every write of the run meets the end of the disk once.
    for room in (0..).map(|step| step * 8).take_while(|room| *room < 2_000) {
        disk.resize(used + room);
        let (code, printed) = site.run("2026-02", &[]);
        if code == Some(0) {
            break;
        }
        refused += 1;
        assert_eq!(code, Some(1), "{room} KiB: {printed:#}");
        let found = codes(&printed);
        assert!(found.iter().any(|code| ["M0960", "M0701", "M0703", "M0981"].contains(&code.as_str())), "{found:?}");
        let shown = site.seen();
        let old = shown.iter().filter(|(name, _)| !name.starts_with("2026-02") && !name.starts_with("latest"));
        let wanted = before.iter().filter(|(name, _)| !name.starts_with("latest"));
        assert!(old.eq(wanted), "{room} KiB");
    }
    assert!(refused > 2, "{refused}");
    disk.resize(8_192);
    let (code, printed) = site.run("2026-02", &[]);
    assert_eq!(code, Some(0), "{printed:#}");
    assert_eq!(site.recorded().len(), 2);
    assert_eq!(fs::read_link(out.join("latest")).unwrap(), Path::new("2026-02"));
}

fn used_kilobytes(at: &Path) -> u32 {
    let done = Command::new("df").args(["--output=used", "-k"]).arg(at).output().unwrap();
    String::from_utf8_lossy(&done.stdout).lines().nth(1).unwrap().trim().parse().unwrap()
}
