//! Where requests go.

use serde::Serialize;

/// AppSync's types of data sources
/// (<https://docs.aws.amazon.com/appsync/latest/APIReference/API_DataSource.html>).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize)]
pub enum DataSourceKind {
    /// Nothing is asked: the answer is the request's own payload.
    #[serde(rename = "NONE")]
    None,
    /// A table.
    #[serde(rename = "AMAZON_DYNAMODB")]
    DynamoDb,
    /// A function.
    #[serde(rename = "AWS_LAMBDA")]
    Lambda,
    /// An endpoint.
    #[serde(rename = "HTTP")]
    Http,
    /// A database of Aurora.
    #[serde(rename = "RELATIONAL_DATABASE")]
    Relational,
    /// A domain of OpenSearch, under its old name.
    #[serde(rename = "AMAZON_ELASTICSEARCH")]
    Elasticsearch,
    /// A domain of OpenSearch.
    #[serde(rename = "AMAZON_OPENSEARCH_SERVICE")]
    OpenSearch,
    /// An event bus.
    #[serde(rename = "AMAZON_EVENTBRIDGE")]
    EventBridge,
    /// A model.
    #[serde(rename = "AMAZON_BEDROCK_RUNTIME")]
    Bedrock,
    /// The source does not say which; never taken for NONE.
    #[serde(rename = "UNKNOWN")]
    Unknown,
}

impl DataSourceKind {
    const ALL: [Self; 9] = [
        Self::None,
        Self::DynamoDb,
        Self::Lambda,
        Self::Http,
        Self::Relational,
        Self::Elasticsearch,
        Self::OpenSearch,
        Self::EventBridge,
        Self::Bedrock,
    ];

    /// AppSync's name.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::None => "NONE",
            Self::DynamoDb => "AMAZON_DYNAMODB",
            Self::Lambda => "AWS_LAMBDA",
            Self::Http => "HTTP",
            Self::Relational => "RELATIONAL_DATABASE",
            Self::Elasticsearch => "AMAZON_ELASTICSEARCH",
            Self::OpenSearch => "AMAZON_OPENSEARCH_SERVICE",
            Self::EventBridge => "AMAZON_EVENTBRIDGE",
            Self::Bedrock => "AMAZON_BEDROCK_RUNTIME",
            Self::Unknown => "UNKNOWN",
        }
    }

    /// Reads AppSync's name; another one is unknown.
    pub fn parse(name: &str) -> Self {
        Self::ALL.into_iter().find(|kind| kind.as_str() == name).unwrap_or(Self::Unknown)
    }
}

/// A data source, as a resolver or function has it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DataSource {
    /// Its name; none where the source has no names, or the function has no data source.
    pub name: Option<String>,
    /// What it is.
    pub kind: DataSourceKind,
}

impl DataSource {
    /// One without a name.
    pub(crate) fn of(kind: DataSourceKind) -> Self {
        Self { name: None, kind }
    }

    /// One of which nothing is known.
    pub(crate) fn unknown() -> Self {
        Self::of(DataSourceKind::Unknown)
    }

    /// One that has a name and was not found: people and Amplify call those of NONE so.
    pub(crate) fn named(name: &str) -> Self {
        let kind =
            if name.to_ascii_uppercase().contains("NONE") { DataSourceKind::None } else { DataSourceKind::Unknown };
        Self { name: Some(name.to_owned()), kind }
    }

    /// Whether nothing is asked.
    pub fn is_none(&self) -> bool {
        self.kind == DataSourceKind::None
    }
}
