//! The files that git tracks, or would track, read into memory.

use std::collections::BTreeMap;
use std::path::Path;
use std::process::Command;

use anyhow::{Context, bail};

/// A tree of files by their path relative to the top, with slashes.
#[derive(Debug, Default)]
pub struct Tree {
    files: BTreeMap<String, File>,
    /// Absolute folders that no file may name: where this tree lies and whose home it is in.
    pub private_folders: Vec<String>,
}

/// One file.
#[derive(Debug, Default)]
pub struct File {
    /// Its text; `None` if it is no UTF-8 (a picture, a font).
    pub text: Option<String>,
    /// Somebody may execute it.
    pub executable: bool,
}

impl Tree {
    /// Reads the tree at `root`: what git tracks and what is new and not ignored. A copy without a
    /// repository (an unpacked archive) is walked through instead.
    pub fn read(root: &Path) -> anyhow::Result<Self> {
        let paths = if root.join(".git").exists() { listed_by_git(root)? } else { found_by_walking(root)? };
        let mut tree = Self { private_folders: private_folders(root), ..Self::default() };
        for path in paths {
            let full = root.join(&path);
            // A file that is tracked but deleted in the working tree is on its way out; a symbolic
            // link is checked where it points to.
            if !full.symlink_metadata().is_ok_and(|m| m.is_file()) {
                continue;
            }
            let bytes = std::fs::read(&full).with_context(|| format!("cannot read {}", full.display()))?;
            let file = File { text: String::from_utf8(bytes).ok(), executable: is_executable(&full) };
            tree.files.insert(path, file);
        }
        if tree.files.is_empty() {
            bail!("there is no file in {}", root.display());
        }
        Ok(tree)
    }

    /// A tree made up for a test.
    #[cfg(test)]
    pub fn of(files: &[(&str, &str)]) -> Self {
        let mut tree = Self::default();
        for (path, text) in files {
            tree.files.insert((*path).to_owned(), File { text: Some((*text).to_owned()), executable: false });
        }
        tree
    }

    /// The same tree with the file at `path` executable.
    #[cfg(test)]
    pub fn executable(mut self, path: &str) -> Self {
        self.files.get_mut(path).expect("the file was given before").executable = true;
        self
    }

    /// All files, by path.
    pub fn files(&self) -> impl Iterator<Item = (&str, &File)> {
        self.files.iter().map(|(path, file)| (path.as_str(), file))
    }

    /// All files that are text, by path.
    pub fn texts(&self) -> impl Iterator<Item = (&str, &str)> {
        self.files.iter().filter_map(|(path, file)| Some((path.as_str(), file.text.as_deref()?)))
    }

    /// The text at `path`, if there is such a file and it is text.
    pub fn text(&self, path: &str) -> Option<&str> {
        self.files.get(path)?.text.as_deref()
    }

    /// Whether there is a file or a folder at `path`.
    pub fn has(&self, path: &str) -> bool {
        let folder = format!("{}/", path.trim_end_matches('/'));
        self.files.contains_key(path)
            || self.files.range(folder.clone()..).next().is_some_and(|(p, _)| p.starts_with(&folder))
    }
}

fn listed_by_git(root: &Path) -> anyhow::Result<Vec<String>> {
    let listed = Command::new("git")
        // Whose files these are does not matter for listing them; in CI they are often another user's.
        .args(["-c", "safe.directory=*", "-C"])
        .arg(root)
        .args(["ls-files", "-z", "--cached", "--others", "--exclude-standard"])
        .output()
        .context("cannot run git, which lists the files to check; install git")?;
    if !listed.status.success() {
        bail!("git ls-files in {}: {}", root.display(), String::from_utf8_lossy(&listed.stderr).trim());
    }
    let listed = String::from_utf8(listed.stdout).context("a file name is no UTF-8")?;
    Ok(listed.split('\0').filter(|path| !path.is_empty()).map(str::to_owned).collect())
}

/// All files below `root` but for what builds leave: cargo marks its target folder as a cache.
fn found_by_walking(root: &Path) -> anyhow::Result<Vec<String>> {
    let mut paths = Vec::new();
    let mut folders = vec![String::new()];
    while let Some(folder) = folders.pop() {
        let full = root.join(&folder);
        if full.join("CACHEDIR.TAG").exists() {
            continue;
        }
        for entry in full.read_dir().with_context(|| format!("cannot read {}", full.display()))? {
            let entry = entry.with_context(|| format!("cannot read {}", full.display()))?;
            let name = entry.file_name().into_string().ok().context("a file name is no UTF-8")?;
            let path = if folder.is_empty() { name.clone() } else { format!("{folder}/{name}") };
            if !entry.file_type().with_context(|| format!("cannot read {path}"))?.is_dir() {
                paths.push(path);
            } else if !matches!(name.as_str(), ".git" | "target" | "node_modules") {
                folders.push(path);
            }
        }
    }
    Ok(paths)
}

/// Where this tree lies, and the home of whoever checks it. Folders directly below `/` are too
/// short to tell from a route of HTTP and are left out.
fn private_folders(root: &Path) -> Vec<String> {
    let home = std::env::var_os("HOME").map(std::path::PathBuf::from);
    let named = |p: &Path| p.components().count() > 2;
    let root = root.canonicalize().ok().filter(|p| named(p));
    let home = home.filter(|p| named(p));
    root.into_iter().chain(home).map(|p| p.display().to_string()).collect()
}

#[cfg(unix)]
fn is_executable(path: &Path) -> bool {
    use std::os::unix::fs::PermissionsExt;
    path.metadata().is_ok_and(|m| m.permissions().mode() & 0o111 != 0)
}

#[cfg(not(unix))]
fn is_executable(_: &Path) -> bool {
    true
}

/// The folder of `path`, empty for a file at the top.
pub fn folder(path: &str) -> &str {
    path.rsplit_once('/').map_or("", |(folder, _)| folder)
}

/// The name of `path` without its folder.
pub fn name(path: &str) -> &str {
    path.rsplit_once('/').map_or(path, |(_, name)| name)
}

/// The ending of `path` without the dot, empty if it has none.
pub fn ending(path: &str) -> &str {
    name(path).rsplit_once('.').map_or("", |(_, ending)| ending)
}

/// `target` seen from `folder`, with `.` and `..` worked out; `None` if it leaves the tree.
pub fn join(folder: &str, target: &str) -> Option<String> {
    let mut parts: Vec<&str> = folder.split('/').filter(|p| !p.is_empty()).collect();
    for part in target.split('/') {
        match part {
            "" | "." => {}
            ".." => {
                parts.pop()?;
            }
            name => parts.push(name),
        }
    }
    Some(parts.join("/"))
}

/// Files that others made and that we keep as they came: vendored front-end files, recorded
/// replies, lock files. Rules about how we write do not hold for them.
pub fn is_foreign(path: &str) -> bool {
    path.split('/').any(|part| matches!(part, "vendor" | "fixtures" | "recordings"))
        || matches!(name(path), "Cargo.lock" | "package-lock.json" | "LICENSE" | "openapi.json")
        || name(path).contains(".min.")
        || matches!(ending(path), "svg" | "proptest-regressions")
}
