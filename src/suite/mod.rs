//! Many cases: test files, the access matrix.
