//! The methods that the language promises answer, and a call that fits none of them is said (tests/oracle/methods.rs has
//! every method, beside Velocity's own).

use crate::support::promised::{PROMISED, templates_of_promised};
use crate::support::ran::run;

#[test]
fn every_promised_method_answers_and_a_wrong_call_is_said() {
    for (pair, (call, answer, wrong)) in templates_of_promised().chunks(2).zip(PROMISED) {
        let (_, outcome) = run(&pair[0]).unwrap();
        assert_eq!((outcome.output.as_str(), outcome.notes.as_slice()), (*answer, &[][..]), "{call}");
        let (program, outcome) = run(&pair[1]).unwrap();
        assert_eq!(outcome.output, *wrong);
        let [note] = outcome.notes.as_slice() else { panic!("{wrong}: {:?}", outcome.notes) };
        let name = wrong.split(['.', '(']).nth(1).unwrap();
        assert_eq!(note.code.as_str(), "missing-method", "{wrong}");
        assert!(note.message.contains(&format!("has no method {name}(")), "{}", note.message);
        assert_eq!(program.source.place(program.span(note.node.unwrap()).start).line, 2, "{wrong}");
        // A name that is nearly right is put right.
        let known = call.split(['.', '(']).nth(1).unwrap();
        if name != known && strsim::levenshtein(name, known) < 3 {
            assert!(note.message.contains(&format!("did you mean {known}?")), "{}", note.message);
        }
    }
}
