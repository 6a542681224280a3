//! The tests against real parts: `./test` finds them by their place and mode, so a wrong mode would
//! skip one without a word.

use super::Finding;
use super::tree::{File, Tree};

/// How far down a script's first lines are looked through for what it declares.
const HEADER_LINES: usize = 30;

pub fn check(tree: &Tree) -> Vec<Finding> {
    let mut found = Vec::new();
    for path in ["test", ".ci/run"] {
        if tree.files().any(|(p, file)| p == path && !file.executable) {
            found.push(Finding::new(path, 1, format!("not executable: chmod +x {path}")));
        }
    }
    for (path, file) in tree.files() {
        if let Some(inner) = path.strip_prefix("tests/real/") {
            check_real(path, inner, file, &mut found);
        } else if path == "tests/browser/run" {
            check_script(path, file, &mut found);
        }
    }
    found
}

fn check_real(path: &str, inner: &str, file: &File, found: &mut Vec<Finding>) {
    let is_run = match inner.split_once('/') {
        Some((_, rest)) => rest == "run",
        None => inner.ends_with(".sh"),
    };
    match inner {
        "lib.sh" if file.executable => {
            found.push(Finding::new(path, 1, "executable, so ./test would run it as a test: chmod -x"));
        }
        "lib.sh" => {}
        _ if is_run => check_script(path, file, found),
        _ if file.executable && !inner.contains('/') => {
            found.push(Finding::new(path, 1, "./test runs tests/real/*.sh and tests/real/*/run only: rename it"));
        }
        _ => {}
    }
}

fn check_script(path: &str, file: &File, found: &mut Vec<Finding>) {
    if !file.executable {
        found.push(Finding::new(path, 1, format!("not executable, so ./test would not run it: chmod +x {path}")));
    }
    let text = file.text.as_deref().unwrap_or("");
    if !text.lines().take(HEADER_LINES).any(|line| line.starts_with("# needs:")) {
        let what = "no \"# needs: …\" line with the Debian packages that it uses (\"# needs:\" alone if none)";
        found.push(Finding::new(path, 1, what));
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const GOOD: &str = "#!/bin/bash\n# needs: jq curl\n";

    #[test]
    fn scripts_run_and_say_what_they_need() {
        let tree = Tree::of(&[("tests/real/ceph.sh", GOOD), ("tests/real/mail/run", GOOD), ("tests/real/lib.sh", "")]);
        assert_eq!(check(&tree.executable("tests/real/ceph.sh").executable("tests/real/mail/run")), []);
        assert_eq!(check(&Tree::of(&[("tests/real/ceph.sh", GOOD)])).len(), 1, "not executable");
        assert_eq!(check(&Tree::of(&[("tests/browser/run", "#!/bin/sh\n")]).executable("tests/browser/run")).len(), 1);
    }

    #[test]
    fn what_the_runner_would_miss_or_run_by_mistake_is_found() {
        assert_eq!(check(&Tree::of(&[("tests/real/ceph.py", GOOD)]).executable("tests/real/ceph.py")).len(), 1);
        assert_eq!(check(&Tree::of(&[("tests/real/lib.sh", "")]).executable("tests/real/lib.sh")).len(), 1);
        assert_eq!(check(&Tree::of(&[("tests/real/ceph/writer.py", "")]).executable("tests/real/ceph/writer.py")), []);
        assert_eq!(check(&Tree::of(&[("test", "#!/bin/bash\n")])).len(), 1);
    }
}
