//! What Velocity prints as text although it was meant otherwise: said as a note, for it is no error.

use super::Converter;
use crate::syntax::slip::near_directive;
use crate::source::Span;
use crate::syntax::{NodeId, Rule, SlipHelp, SlipMeant, TemplateSlip};
use pest::iterators::Pair;

impl Converter<'_> {
    fn slip(&mut self, node: NodeId, meant: SlipMeant, what: impl Into<String>, help: SlipHelp) {
        self.slips.push(TemplateSlip { node, meant, what: what.into(), help });
    }

    /// `#set $x = 1`, `#elif( … )`, `#endif`, `#for( … )`.
    pub(super) fn plain_slip(&mut self, pair: &Pair<'_, Rule>) {
        let image = pair.as_str();
        let name = image.trim_start_matches(['#', '{']);
        let name = &name[..name.find(|letter: char| !letter.is_ascii_alphanumeric()).unwrap_or(name.len())];
        let after = pair.get_input()[pair.as_span().end()..].lines().next().unwrap_or_default().trim();
        let near = near_directive(name);
        let help = match name {
            "set" if assigns(after) && !image.contains('(') => SlipHelp::Write(format!("#set( {after} )")),
            "endif" | "endIf" | "endfor" | "endforeach" | "fi" => SlipHelp::Know("a block ends with #end"),
            "for" | "each" => SlipHelp::Write("#foreach( $item in $list )".to_owned()),
            "If" | "IF" | "Else" | "ELSE" | "Set" | "SET" | "End" | "END" | "Foreach" | "FOREACH" | "ForEach" => {
                SlipHelp::Know("directives are written in lower case")
            }
            "unless" | "while" => SlipHelp::Know("VTL has #if and #foreach"),
            _ => match near {
                Some("else") => SlipHelp::Write("#else".to_owned()),
                Some(meant) => SlipHelp::Write(format!("#{meant}( … )")),
                None => return,
            },
        };
        let span = pair.as_span();
        let node = self.node(self.span(span.start(), span.start() + 1 + name.len()));
        let meant = match near {
            Some("elseif") => SlipMeant::Branch,
            Some("else") => SlipMeant::Otherwise,
            _ => SlipMeant::Directive,
        };
        self.slip(node, meant, format!("Velocity prints this #{name} as text, for it is not a directive"), help);
    }

    /// `#else if( … )`: the condition is text.
    pub(super) fn else_slip(&mut self, pair: &Pair<'_, Rule>, node: NodeId) {
        let rest = pair.as_str().trim_start_matches("#else").trim_start_matches("#{else}");
        let word = rest.trim_start_matches([' ', '\t']);
        if word.len() < rest.len() && (word.starts_with("if(") || word.starts_with("if (")) {
            self.slip(node, SlipMeant::ElseIf, "this #else is followed by `if(`, which Velocity prints as text", SlipHelp::Write("#elseif( … )".to_owned()));
        }
    }

    /// `#return $x`: nothing is returned.
    pub(super) fn return_slip(&mut self, pair: &Pair<'_, Rule>, node: NodeId) {
        let after = pair.get_input()[pair.as_span().end()..].lines().next().unwrap_or_default().trim();
        if after.starts_with(['$', '{', '[', '"']) {
            let what = "this #return gives null, for what stands after it is not read";
            self.slip(node, SlipMeant::Returned, what, SlipHelp::Write(format!("#return( {after} )")));
        }
    }

    /// `$ctx.identity.cognito:groups`: what follows the colon is text.
    pub(super) fn claim_slip(&mut self, node: NodeId, span: Span, after: &str) {
        let text = self.source.slice(span).trim_end_matches('}');
        let Some((chain, prefix @ ("cognito" | "custom"))) = text.rsplit_once('.') else { return };
        let Some(rest) = after.strip_prefix(':') else { return };
        let end = rest.find(|letter: char| !(letter.is_alphanumeric() || letter == '_')).unwrap_or(rest.len());
        if end == 0 {
            return;
        }
        let chain = if chain.ends_with("identity") { format!("{chain}.claims") } else { chain.to_owned() };
        let claim = format!("{prefix}:{}", &rest[..end]);
        self.slip(
            node,
            SlipMeant::Claim,
            format!("`{claim}` cannot stand after a dot, and `:{}` is printed as text", &rest[..end]),
            SlipHelp::Write(format!("{chain}.get(\"{claim}\")")),
        );
    }
}

/// `$x = 1`, `x = 1`
fn assigns(text: &str) -> bool {
    let name = text.strip_prefix('$').unwrap_or(text);
    name.starts_with(|letter: char| letter.is_ascii_alphabetic())
        && name.split_once('=').is_some_and(|(name, _)| !name.contains(['(', '{']))
}
