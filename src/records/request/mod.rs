//! Reads what a rendered request template carries to its data source.
//!
//! DynamoDB: <https://docs.aws.amazon.com/appsync/latest/devguide/resolver-mapping-template-reference-dynamodb.html>,
//! OpenSearch: `…-elasticsearch.html`, RDS: `…-rds.html`.

mod dynamodb;
mod other;

use super::attribute::Attribute;
use super::condition::RowCondition;
use super::refusal::DataRefusal;
pub use super::role::CarriedRole;
use super::row::{Row, RowSubject};
use crate::value::{Map, Value};
use ecow::{EcoString, eco_format};
use indexmap::IndexMap;
use std::fmt::{self, Display, Formatter};

/// A rendered request.
#[derive(Clone, Debug, PartialEq)]
pub struct DataRequest {
    /// What it asks for.
    pub operation: DataOperation,
    /// `2017-02-28` or `2018-05-29`, if it says so.
    pub version: Option<EcoString>,
    /// The conditions and filters that it carries, in order.
    pub carried: Vec<Carried>,
}

/// What a request, or an item of a transaction, asks for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum DataOperation {
    /// DynamoDB's `GetItem`
    GetItem,
    /// `PutItem`
    PutItem,
    /// `UpdateItem`
    UpdateItem,
    /// `DeleteItem`
    DeleteItem,
    /// An item of a transaction that is only checked.
    ConditionCheck,
    /// `Query`
    Query,
    /// `Scan`
    Scan,
    /// `Sync`
    Sync,
    /// `BatchGetItem`, which takes no conditions.
    BatchGetItem,
    /// `BatchPutItem`, which takes no conditions.
    BatchPutItem,
    /// `BatchDeleteItem`, which takes no conditions.
    BatchDeleteItem,
    /// `TransactGetItems`, which takes no conditions.
    TransactGetItems,
    /// `TransactWriteItems`
    TransactWriteItems,
    /// A query of OpenSearch.
    Search,
    /// Statements of SQL.
    Sql,
    /// An operation that carries nothing to judge, or none at all (a NONE data source), by its name.
    Other(EcoString),
}

/// What it is written in.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum CarriedForm {
    /// DynamoDB's expression language.
    Expression,
    /// An object such as `{"owner": {"eq": "ann"}}`.
    Object,
    /// OpenSearch's query language.
    Search,
    /// SQL.
    Sql,
}

/// One condition, filter or key condition of a request.
#[derive(Clone, Debug, PartialEq)]
pub struct Carried {
    /// What is asked for; in a transaction, what the item asks for.
    pub operation: DataOperation,
    /// What it is for.
    pub role: CarriedRole,
    /// What it is written in.
    pub form: CarriedForm,
    /// Where it stands in the request, such as `condition` or `transactItems[1].condition`.
    pub place: EcoString,
    /// The text of the expression or of the condition of SQL; the JSON of an object or a query.
    pub expression: EcoString,
    /// `expressionNames`
    pub names: IndexMap<EcoString, EcoString>,
    /// `expressionValues`, or the variables of SQL.
    pub values: IndexMap<EcoString, Attribute>,
    /// Its terms, with names and values.
    pub condition: RowCondition,
    /// Why DynamoDB refuses the request, whatever the row.
    pub refused: Vec<DataRefusal>,
    /// The table, where the request names one (transactions).
    pub table: Option<EcoString>,
    /// The index of a Query or Scan.
    pub index: Option<EcoString>,
    /// The key of the row that is written.
    pub key: Option<Row>,
    /// Set for a write.
    pub write: Option<Write>,
}

/// What AppSync does with a write whose condition fails.
/// <https://docs.aws.amazon.com/appsync/latest/devguide/aws-appsync-resolver-mapping-template-reference-dynamodb-condition-expressions.html>
#[derive(Clone, Debug, PartialEq)]
pub struct Write {
    /// Whether it is an item of a transaction: then AppSync does not look at the row again.
    pub in_transaction: bool,
    /// Whether other items of the transaction are of other tables: a row that was given may be one of those.
    pub other_tables: bool,
    /// Whether one of those has the very same key.
    pub shared_key: bool,
    /// The keys of those: a row that has one of them is theirs.
    pub other_keys: Vec<Row>,
    /// The row that a PutItem would leave.
    pub wanted: Option<Row>,
    /// `equalsIgnore`: attributes that do not count when the row is compared with the wanted one.
    pub equals_ignore: Vec<EcoString>,
    /// `consistentRead` of that comparison; true unless said otherwise.
    pub consistent_read: bool,
    /// `conditionalCheckFailedHandler`
    pub handler: Handler,
}

/// `conditionalCheckFailedHandler`
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Handler {
    /// `Reject`, the default: an error.
    Reject,
    /// `Custom`: a Lambda function decides.
    Custom(Option<EcoString>),
    /// A strategy that is not known.
    NotKnown(EcoString),
}

/// Reads a rendered request. It is not checked: what is not understood carries nothing, or a term that is not judged.
pub fn read(request: &Value) -> DataRequest {
    let empty = Map::new();
    let map = request.as_map().unwrap_or(&empty);
    let version = text(map, "version");
    let (operation, carried) = match other::operation(map) {
        Some(DataOperation::Search) => (DataOperation::Search, other::search(map)),
        Some(DataOperation::Sql) => (DataOperation::Sql, other::sql(map)),
        Some(operation) => (operation, Vec::new()),
        None => dynamodb::read(map),
    };
    DataRequest { operation, version, carried }
}

fn text(map: &Map, key: &str) -> Option<EcoString> {
    map.get_str(key)?.as_str().map(Into::into)
}

/// The JSON of a value, for people.
fn json(value: &Value) -> EcoString {
    value.to_json().map_or_else(|_| eco_format!("{value}"), Into::into)
}

impl Carried {
    /// Whether a term is no more than a test for the existence of a part of the key, as `attribute_exists(#id)` is: true for
    /// every row that is there, whoever asks. False if the request has no key.
    pub fn is_key_existence(&self, term: &super::Term) -> bool {
        let Some((path, _)) = term.existence() else { return false };
        let name = path.top_level();
        name.is_some_and(|name| self.key.as_ref().is_some_and(|key| key.get(name).is_some()))
    }

    /// The row that a write is about: the one with its key. [`RowSubject::NotGiven`] if no given row has it, because the
    /// table may have more rows than were given; and where an item of another table has the same key, and none or several of the rows
    /// have what the condition asks for: rows do not say which table they are of.
    pub fn subject<'r>(&self, rows: &'r [Row]) -> RowSubject<'r> {
        let Some(key) = self.key.as_ref() else { return RowSubject::NotGiven };
        let mut own = rows.iter().filter(|row| row.has_key(key) && (!self.shares_key() || self.asks_of(row, key)));
        match (own.next(), own.next()) {
            (Some(_), Some(_)) if self.shares_key() => RowSubject::NotGiven,
            (Some(row), _) => RowSubject::Row(row),
            (None, _) => RowSubject::NotGiven,
        }
    }

    /// Whether none of these rows need be of the table that is written: the transaction has items of other tables, and the rows have
    /// other attributes than this key, or a key that items of several tables have.
    pub fn is_of_other_tables(&self, rows: &[Row]) -> bool {
        let write = self.write.as_ref().filter(|write| write.other_tables);
        let Some((key, write)) = self.key.as_ref().zip(write) else { return false };
        let of_other = |row: &Row| write.other_keys.iter().any(|other| other != key && row.has_key(other));
        let may_be_own = |row: &Row| key.attributes().all(|(name, _)| row.get(name).is_some()) && !of_other(row);
        !rows.iter().any(may_be_own) || self.shares_key() && rows.iter().any(|row| row.has_key(key))
    }

    fn shares_key(&self) -> bool {
        self.write.as_ref().is_some_and(|write| write.shared_key)
    }

    /// Whether a row has an attribute, beside its key, that the condition asks for.
    fn asks_of(&self, row: &Row, key: &Row) -> bool {
        let paths = self.condition.terms().into_iter().flat_map(super::Term::paths);
        paths.into_iter().filter_map(|path| path.attribute().map(str::to_owned)).any(|name| key.get(&name).is_none() && row.get(&name).is_some())
    }
}

impl Display for DataOperation {
    fn fmt(&self, out: &mut Formatter<'_>) -> fmt::Result {
        out.write_str(match self {
            Self::GetItem => "GetItem",
            Self::PutItem => "PutItem",
            Self::UpdateItem => "UpdateItem",
            Self::DeleteItem => "DeleteItem",
            Self::ConditionCheck => "ConditionCheck",
            Self::Query => "Query",
            Self::Scan => "Scan",
            Self::Sync => "Sync",
            Self::BatchGetItem => "BatchGetItem",
            Self::BatchPutItem => "BatchPutItem",
            Self::BatchDeleteItem => "BatchDeleteItem",
            Self::TransactGetItems => "TransactGetItems",
            Self::TransactWriteItems => "TransactWriteItems",
            Self::Search => "OpenSearch query",
            Self::Sql => "SQL statement",
            Self::Other(name) => name,
        })
    }
}

