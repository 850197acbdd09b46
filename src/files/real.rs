//! Where a path really leads: absolute, without links and without `..`.

use std::io;
use std::path::{Path, PathBuf};

/// What [`Path::canonicalize`] gives.
///
/// Under WASI only some folders are open, and the C library's own answer ends at the first folder above them (or, in the one of
/// 2022, is the path as it was): there the links are followed here.
///
/// # Errors
/// Nothing is there, or it cannot be looked at.
pub fn real(path: &Path) -> io::Result<PathBuf> {
    #[cfg(target_os = "wasi")]
    return followed(path);
    #[cfg(windows)]
    return path.canonicalize().map(plain);
    #[cfg(not(any(target_os = "wasi", windows)))]
    path.canonicalize()
}

/// `C:\api` in the place of `\\?\C:\api`, which is what Windows gives and nobody types. A name that only the long form can say
/// (with a dot or a space at its end) keeps it; one that is too long for the short form is made long by the standard library.
#[cfg(windows)]
fn plain(path: PathBuf) -> PathBuf {
    use std::path::{Component, Prefix};

    let mut parts = path.components();
    let Some(Component::Prefix(prefix)) = parts.next() else { return path };
    let Prefix::VerbatimDisk(letter) = prefix.kind() else { return path };
    let mut short = PathBuf::from(format!("{}:\\", char::from(letter)));
    for part in parts {
        if part.as_os_str().as_encoded_bytes().ends_with(b".") || part.as_os_str().as_encoded_bytes().ends_with(b" ") {
            return path;
        }
        short.push(part);
    }
    short
}

/// The same, and the path as it is where that cannot be told.
pub fn real_or_same(path: &Path) -> PathBuf {
    real(path).unwrap_or_else(|_| path.to_owned())
}

/// More links on one way go round in a circle.
#[cfg(any(test, target_os = "wasi"))]
const MOST_LINKS: usize = 40;

#[cfg(any(test, target_os = "wasi"))]
fn followed(path: &Path) -> io::Result<PathBuf> {
    use std::path::Component;

    let parts = |path: &Path| path.components().rev().map(|part| part.as_os_str().to_owned()).collect::<Vec<_>>();
    let mut left = parts(&std::env::current_dir()?.join(path));
    let (mut whole, mut links) = (PathBuf::new(), 0);
    while let Some(part) = left.pop() {
        match Path::new(&part).components().next() {
            Some(Component::ParentDir) => {
                whole.pop();
            }
            // A folder above those that are open tells no link, and is taken as it stands.
            Some(Component::Normal(name)) => match std::fs::read_link(whole.join(name)) {
                Ok(target) if links < MOST_LINKS => {
                    links += 1;
                    left.extend(parts(&target));
                }
                Ok(_) => return Err(io::Error::new(io::ErrorKind::InvalidInput, "too many links")),
                Err(_) => whole.push(name),
            },
            Some(root) => whole.push(root),
            None => {}
        }
    }
    std::fs::metadata(&whole)?;
    Ok(whole)
}

#[cfg(unix)]
#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn links_are_followed_as_the_system_follows_them() {
        let folder = std::env::temp_dir().join(format!("vtl-eval-real-{}", std::process::id()));
        std::fs::create_dir_all(folder.join("a/b")).unwrap();
        std::fs::write(folder.join("a/b/file"), "").unwrap();
        for (target, link) in [("a/b", "near"), ("../a/./b/../b/file", "a/up"), ("round", "round"), ("none", "dangling")] {
            std::os::unix::fs::symlink(target, folder.join(link)).unwrap();
        }
        std::os::unix::fs::symlink(folder.join("near"), folder.join("a/far")).unwrap();
        let typed = ["", "a/b/file", "near", "near/..", "near/file", "a/up", "a/far/file", "a/../a/b", "round", "dangling", "a/none", "a/up/x"];
        let ours: Vec<_> = typed.iter().map(|typed| followed(&folder.join(typed)).ok()).collect();
        let theirs: Vec<_> = typed.iter().map(|typed| folder.join(typed).canonicalize().ok()).collect();
        std::fs::remove_dir_all(&folder).unwrap();
        assert_eq!(ours, theirs);
        assert_eq!(theirs.iter().flatten().count(), 8, "{theirs:?}");
        assert_eq!(followed(Path::new(".")).unwrap(), Path::new(".").canonicalize().unwrap());
    }
}
