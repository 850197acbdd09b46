//! What Amplify leaves in the templates that it generates. It marks them in comments, and comments are no part of the tree:
//! this is the one place that looks for words in the text of a template.

use crate::syntax::Program;

/// Whether Amplify's generator wrote a whole template: `## [Start] … **`, or transformer v1's update of a model without rules,
/// which has no such marks.
pub fn is_generated(program: &Program) -> bool {
    let text = &program.source.text;
    let marked = text.contains("## [Start] ") && text.contains("## [End] ") && text.contains(" **");
    marked || text.contains("## Update condition if type is @versioned **")
}

/// Whether Amplify wrote it, or the part of one that was pasted: its comments or members of the stash stand in it.
pub fn has_generated_part(program: &Program) -> bool {
    let marks = ["Authorization Steps", "Authorization rule", "Authorization Checks"];
    let look = || marks.iter().any(|mark| program.source.text.contains(mark)) || program.writes_json("hasAuth");
    // A dozen hints ask, of each request again.
    *program.traits.has_generated_part.get_or_init(look)
}

/// Whether transformer v1 wrote it, which puts the authorization into the templates of the data source.
pub fn is_of_old_transformer(program: &Program) -> bool {
    program.source.text.contains("## [Start] Determine request authentication mode")
        || program.slot("isStaticGroupAuthorized").is_some()
}
