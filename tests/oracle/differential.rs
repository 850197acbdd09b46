//! Generated templates, run through ours and through Apache Velocity 1.7 itself: output and kind of end must agree.
//!
//! The seed is fixed, so a run can be repeated; `VTL_EVAL_SEED` and `VTL_EVAL_TEMPLATES` change it.

use crate::support::generator::Generator;
use crate::support::ran::ours;
use crate::velocity::velocity;

fn setting(name: &str, default: u64) -> u64 {
    std::env::var(name).ok().and_then(|text| text.parse().ok()).unwrap_or(default)
}

#[test]
fn generated_templates_agree_with_velocity() {
    let mut generator = Generator::new(setting("VTL_EVAL_SEED", 17));
    let templates: Vec<_> = (0..setting("VTL_EVAL_TEMPLATES", 6_000)).map(|_| generator.template()).collect();
    let theirs = velocity(&templates);
    let (mut wrong, mut parsed) = (Vec::new(), 0);
    for (template, theirs) in templates.iter().zip(theirs) {
        let mine = ours(template);
        parsed += usize::from(theirs.end != "parse");
        if mine != theirs {
            wrong.push(format!("{template:?}\n    ours     {mine:?}\n    velocity {theirs:?}"));
        }
    }
    assert!(parsed * 2 > templates.len(), "only {parsed} of {} templates parse", templates.len());
    wrong.sort_by_key(String::len);
    let shown = wrong.iter().take(25).cloned().collect::<Vec<_>>().join("\n");
    assert!(wrong.is_empty(), "{} of {} differ:\n{shown}", wrong.len(), templates.len());
}
