//! Files are written whole or not at all, and never through a link.

use std::fs::{self, OpenOptions};
use std::io::{self, Write as _};
use std::path::{Path, PathBuf};

/// Names tried for the file beside it.
const TRIES: u32 = 100;

/// Writes a file: beside it first, then in its place, with the permissions that it had. What is no ordinary file, such as
/// `/dev/null` or a pipe, is written to as it is.
///
/// # Errors
/// It is a link or a folder, or cannot be written; what was there before is kept.
pub fn write(path: &Path, bytes: &[u8]) -> io::Result<()> {
    let before = match fs::symlink_metadata(path) {
        // `/dev/stdout` is a link, and leads to no file.
        Ok(data) if data.is_symlink() && fs::metadata(path).is_ok_and(|end| !end.is_file() && !end.is_dir()) => {
            return OpenOptions::new().write(true).open(path)?.write_all(bytes);
        }
        Ok(data) if data.is_symlink() => {
            return Err(io::Error::other("it is a link: name the file that it leads to"));
        }
        Ok(data) if data.is_dir() => return Err(io::Error::other("it is a folder")),
        Ok(data) if !data.is_file() => return OpenOptions::new().write(true).open(path)?.write_all(bytes),
        // What may not be written to stays: a rename would not ask.
        Ok(data) => OpenOptions::new().write(true).open(path).map(|_| Some(data.permissions()))?,
        Err(error) if error.kind() == io::ErrorKind::NotFound => None,
        Err(error) => return Err(error),
    };
    let (beside, mut file) = beside(path, before.is_some())?;
    let written = file.write_all(bytes).and_then(|()| file.sync_all());
    drop(file);
    let written = written
        .and_then(|()| before.map_or(Ok(()), |permissions| fs::set_permissions(&beside, permissions)))
        .and_then(|()| fs::rename(&beside, path));
    if written.is_err() {
        let _ = fs::remove_file(&beside);
    }
    written
}

/// A new file in the same folder, which nobody else has opened. Its name is none of the file's own, which may be as long as a
/// name can be.
fn beside(path: &Path, private: bool) -> io::Result<(PathBuf, fs::File)> {
    if path.file_name().is_none() {
        return Err(io::Error::other("no name of a file"));
    }
    for turn in 0..TRIES {
        // WebAssembly knows no processes, and its standard library panics where it is asked for one.
        let process = if cfg!(target_family = "wasm") { 0 } else { std::process::id() };
        let beside = path.with_file_name(format!(".vtl-eval-{process}-{turn}"));
        match created(&beside, private) {
            Ok(file) => return Ok((beside, file)),
            Err(error) if error.kind() == io::ErrorKind::AlreadyExists => {}
            Err(error) => return Err(error),
        }
    }
    Err(io::Error::other("no free name beside it"))
}

/// Makes a file that is not there. What takes the place of another is its owner's alone until it has the permissions of that
/// one.
fn created(path: &Path, private: bool) -> io::Result<fs::File> {
    let mut options = OpenOptions::new();
    options.write(true).create_new(true);
    #[cfg(unix)]
    if private {
        use std::os::unix::fs::OpenOptionsExt as _;
        options.mode(0o600);
    }
    #[cfg(not(unix))]
    let _ = private;
    options.open(path)
}

#[cfg(test)]
mod tests {
    #[test]
    #[cfg(unix)]
    fn what_takes_the_place_of_another_file_is_open_to_nobody_before() {
        use super::*;
        use std::os::unix::fs::PermissionsExt as _;

        let folder = std::env::temp_dir().join(format!("vtl-eval-whole-{}", std::process::id()));
        fs::create_dir_all(&folder).unwrap();
        let path = folder.join("report");
        fs::write(&path, "before").unwrap();
        fs::set_permissions(&path, fs::Permissions::from_mode(0o640)).unwrap();
        let mode = |path: &Path| fs::metadata(path).unwrap().permissions().mode() & 0o777;
        assert_eq!(mode(&beside(&path, true).unwrap().0), 0o600);
        write(&path, b"after").unwrap();
        assert_eq!((fs::read(&path).unwrap().as_slice(), mode(&path)), (&b"after"[..], 0o640));
        fs::remove_dir_all(&folder).unwrap();
    }
}
