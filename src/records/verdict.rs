//! What the data source and AppSync make of a condition or a filter on given rows.

use super::judged::{Deciding, JudgedCondition, Truth};
use super::request::{Carried, Handler, DataOperation, CarriedRole, Write};
use super::row::{Row, RowSubject};
use ecow::EcoString;

/// What becomes of a row that a filter or a key condition is held against.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum RowFate {
    /// It is in the result.
    Kept,
    /// It is not.
    Dropped,
    /// Not known.
    Unknown,
    /// DynamoDB refuses the request ([`Carried::refused`]), so that no row is read.
    Refused,
}

/// A row, and what became of it.
#[derive(Clone, Debug, PartialEq)]
pub struct RowVerdict {
    /// The row's place among those given.
    pub row: usize,
    /// What became of it.
    pub fate: RowFate,
    /// Term by term.
    pub judged: JudgedCondition,
}

/// What becomes of a write with a condition.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum WriteFate {
    /// The condition holds.
    Written,
    /// The condition fails, and AppSync answers with an error of this type.
    Failed(RowFailure),
    /// The condition fails, but AppSync reports success, because the row is what the write would have left.
    AlreadyAsWanted,
    /// The condition fails, and a Lambda function decides what to answer.
    LambdaDecides(Option<EcoString>),
    /// The condition fails, and whether AppSync finds the row to be as wanted is not known.
    FailedOrAsWanted,
    /// Whether the condition holds is not known.
    Unknown,
    /// DynamoDB refuses the request ([`Carried::refused`]).
    Refused,
}

/// The error of a write whose condition fails.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum RowFailure {
    /// `DynamoDB:ConditionalCheckFailedException`
    ConditionalCheckFailed,
    /// `DynamoDB:TransactionCanceledException`: one failed condition cancels the whole transaction.
    TransactionCanceled,
}

/// A write, and what became of it.
#[derive(Clone, Debug, PartialEq)]
pub struct WriteVerdict {
    /// What became of it.
    pub fate: WriteFate,
    /// Term by term.
    pub judged: JudgedCondition,
}

impl RowFailure {
    /// The `errorType` that a client sees.
    pub fn error_type(self) -> &'static str {
        match self {
            Self::ConditionalCheckFailed => "DynamoDB:ConditionalCheckFailedException",
            Self::TransactionCanceled => "DynamoDB:TransactionCanceledException",
        }
    }
}

/// Holds a filter or a key condition against each row.
pub fn rows(carried: &Carried, rows: &[Row]) -> Vec<RowVerdict> {
    let verdict = |(row, record): (usize, &Row)| {
        let judged = carried.condition.judge(RowSubject::Row(record));
        let fate = match judged.truth() {
            _ if !carried.refused.is_empty() => RowFate::Refused,
            Truth::True => RowFate::Kept,
            Truth::False => RowFate::Dropped,
            Truth::Unknown => RowFate::Unknown,
        };
        RowVerdict { row, fate, judged }
    };
    rows.iter().enumerate().map(verdict).collect()
}

/// Holds the condition of a write against the row that is there before it; [`Carried::subject`] finds it.
pub fn write(carried: &Carried, subject: RowSubject<'_>) -> WriteVerdict {
    let judged = carried.condition.judge(subject);
    let fate = match judged.truth() {
        _ if !carried.refused.is_empty() => WriteFate::Refused,
        Truth::True => WriteFate::Written,
        Truth::Unknown => WriteFate::Unknown,
        Truth::False => failed(carried, subject),
    };
    WriteVerdict { fate, judged }
}

/// AppSync reads the row again after a failed check. For PutItem it compares it with the wanted one, without the attributes
/// of `equalsIgnore`; for DeleteItem it asks whether the row is gone; for UpdateItem it cannot tell what was wanted. If the
/// row is as wanted, it reports success; else it does what `conditionalCheckFailedHandler` says. A transaction is canceled.
/// <https://docs.aws.amazon.com/appsync/latest/devguide/aws-appsync-resolver-mapping-template-reference-dynamodb-condition-expressions.html>
fn failed(carried: &Carried, subject: RowSubject<'_>) -> WriteFate {
    let Some(write) = carried.write.as_ref().filter(|write| !write.in_transaction) else {
        let canceled = carried.role == CarriedRole::Condition && carried.write.is_some();
        return WriteFate::Failed(if canceled {
            RowFailure::TransactionCanceled
        } else {
            RowFailure::ConditionalCheckFailed
        });
    };
    match as_wanted(&carried.operation, write, subject) {
        Some(true) => WriteFate::AlreadyAsWanted,
        Some(false) => match &write.handler {
            Handler::Reject => WriteFate::Failed(RowFailure::ConditionalCheckFailed),
            Handler::Custom(function) => WriteFate::LambdaDecides(function.clone()),
            Handler::NotKnown(_) => WriteFate::Unknown,
        },
        None => WriteFate::FailedOrAsWanted,
    }
}

/// Whether the row is what the write would have left.
fn as_wanted(operation: &DataOperation, write: &Write, subject: RowSubject<'_>) -> Option<bool> {
    match (operation, subject) {
        (DataOperation::PutItem, RowSubject::Row(row)) => row.same(write.wanted.as_ref()?, &write.equals_ignore),
        (DataOperation::DeleteItem, RowSubject::NoRow) => Some(true),
        (DataOperation::PutItem | DataOperation::DeleteItem, RowSubject::NotGiven) => None,
        _ => Some(false),
    }
}

impl RowVerdict {
    /// The first term that made the row's fate.
    pub fn deciding(&self) -> Option<Deciding<'_>> {
        self.judged.deciding().into_iter().next()
    }
}

impl WriteVerdict {
    /// The first term that made the condition hold or fail.
    pub fn deciding(&self) -> Option<Deciding<'_>> {
        self.judged.deciding().into_iter().next()
    }
}
