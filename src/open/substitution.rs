//! The pieces of a text of CloudFormation's `Fn::Sub`
//! (<https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/intrinsic-function-reference-sub.html>).

/// A piece.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum SubPiece<'t> {
    /// Text as it stands.
    Text(&'t str),
    /// `${!name}`, which is written as `${name}`: the name.
    Literal(&'t str),
    /// `${name}`, in whose place a value comes.
    Name(&'t str),
}

/// Takes the text apart. A `${` that nothing closes is text.
pub fn pieces(text: &str) -> Vec<SubPiece<'_>> {
    let mut found = Vec::new();
    let mut rest = text;
    while let Some((before, name, after)) = rest.split_once("${").and_then(|(before, from)| {
        let (name, after) = from.split_once('}')?;
        Some((before, name, after))
    }) {
        found.push(SubPiece::Text(before));
        found.push(name.strip_prefix('!').map_or(SubPiece::Name(name), SubPiece::Literal));
        rest = after;
    }
    found.push(SubPiece::Text(rest));
    found
}

#[cfg(test)]
mod tests {
    use super::{SubPiece, pieces};

    #[test]
    fn names_literals_and_what_is_not_closed() {
        let found = pieces("arn:${AWS::Region}/${!aws:username}${");
        assert_eq!(
            found,
            [SubPiece::Text("arn:"), SubPiece::Name("AWS::Region"), SubPiece::Text("/"), SubPiece::Literal("aws:username"), SubPiece::Text("${")]
        );
    }
}
