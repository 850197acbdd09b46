//! The least that a cold run can take: a process that reads its files.

fn main() {
    let bytes: usize = std::env::args_os().skip(1).filter_map(|path| std::fs::read(path).ok()).map(|text| text.len()).sum();
    println!("{bytes}");
}
