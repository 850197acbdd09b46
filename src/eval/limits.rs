//! Bounds on what a template may use. Each has a name that its error gives.

/// Bounds on one evaluation.
#[derive(Clone, Copy, Debug)]
pub struct Limits {
    /// Iterations of one `#foreach`; AppSync has 1,000 (APPSYNC-VTL 3.7). More are cut off with note U24.
    pub iterations: usize,
    /// Statements and expressions evaluated in all.
    pub steps: u64,
    /// Bytes of output.
    pub output: usize,
    /// Bytes of one string.
    pub string: usize,
    /// Items of one range.
    pub range: usize,
}

impl Default for Limits {
    fn default() -> Self {
        Self { iterations: 1_000, steps: 10_000_000, output: 16 << 20, string: 10 << 20, range: 1_000_000 }
    }
}
