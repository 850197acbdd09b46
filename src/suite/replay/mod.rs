//! AppSync's CloudWatch logs against local templates (APPSYNC-VTL 6).

mod judge;
mod read;

pub use judge::{Comparison, Entry, Judge, RequestReport, Summary, SummaryRow};
pub use read::{Counts, Event, Reader};
