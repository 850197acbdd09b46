//! What the tests read, and what they write for themselves.

use serde_json::Value as Json;
use std::cell::RefCell;
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicUsize, Ordering};

/// A path in the package.
pub fn root(path: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join(path)
}

/// A file of the package.
#[track_caller]
pub fn read(path: &str) -> String {
    std::fs::read_to_string(root(path)).unwrap_or_else(|error| panic!("{path}: {error}"))
}

/// A file of the package as JSON.
#[track_caller]
pub fn read_json(path: &str) -> Json {
    serde_json::from_str(&read(path)).unwrap_or_else(|error| panic!("{path}: {error}"))
}

/// What a test's thread has made, removed when the thread ends: also behind an assertion that failed.
struct Made(RefCell<Vec<PathBuf>>);

impl Drop for Made {
    fn drop(&mut self) {
        for path in self.0.borrow().iter() {
            // One that the test itself has removed is gone, and a file is no folder.
            let _ = std::fs::remove_dir_all(path).or_else(|_| std::fs::remove_file(path));
        }
    }
}

thread_local! {
    static MADE: Made = const { Made(RefCell::new(Vec::new())) };
}

/// A path of its own for what a test writes, a file or a folder, in the folder for what is temporary. Nothing is there yet,
/// and nothing is left there when the test ends.
pub fn temporary(name: &str) -> PathBuf {
    static COUNT: AtomicUsize = AtomicUsize::new(0);
    let (process, number) = (std::process::id(), COUNT.fetch_add(1, Ordering::Relaxed));
    let path = std::env::temp_dir().join(format!("vtl-eval-test-{process}-{number}-{name}"));
    MADE.with(|made| made.0.borrow_mut().push(path.clone()));
    path
}

/// A new folder of its own for a test, with these files.
pub fn folder(name: &str, files: &[(&str, &str)]) -> PathBuf {
    let folder = temporary(name);
    std::fs::create_dir_all(&folder).unwrap();
    for (file, text) in files {
        write(&folder.join(file), text);
    }
    folder
}

/// A file, and the folders above it.
pub fn write(path: &Path, text: &str) {
    std::fs::create_dir_all(path.parent().unwrap()).unwrap();
    std::fs::write(path, text).unwrap();
}
