//! Many templates, one field: where resolvers come from, and how a pipeline of them runs.
