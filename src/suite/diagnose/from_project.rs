//! What a project adds to a request: the schema, the modes, the policies of the caller's role.

use crate::project::Project;
use crate::request::{Member, MemberOrigin, Request};
use crate::suite::matrix::policies_of;
use serde_json::Value as Json;

/// Adds what the request itself does not say.
pub fn add(project: &Project, request: &mut Request) {
    if let Some(schema) = &project.schema {
        request.add(Member::Schema, Json::from(schema.text.as_str()), MemberOrigin::Project);
    }
    if project.api.default.is_some() {
        request.add(Member::Api, project.api.to_json(), MemberOrigin::Project);
        request.found = project.found.clone();
    }
    if request.given(Member::Policy).is_none() {
        let identity = request.json(Member::Identity).cloned().unwrap_or_default();
        if let Some(granted) = policies_of(project, &identity) {
            request.add(Member::Policy, granted.policies, MemberOrigin::Project);
            if let Some(boundary) = granted.boundary {
                request.add(Member::Boundary, boundary, MemberOrigin::Project);
            }
        }
    }
}
