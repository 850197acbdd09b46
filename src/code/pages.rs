//! The page behind each code: how it comes about, an example, and what to do. Written in docs/codes, one file for each stage.

use super::{Code, Stage};

/// A code's page.
///
/// ```
/// let page = vtl_eval::Code::GroupCaseMismatch.page().unwrap();
/// assert!(page.example.contains("editors") && !page.cure.is_empty());
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct CodePage {
    /// How it comes about; a paragraph of Markdown.
    pub cause: &'static str,
    /// What shows it: lines of a template, a token, a request, without their indentation in the file's Markdown.
    pub example: &'static str,
    /// What to do, most likely cure first; a paragraph of Markdown.
    pub cure: &'static str,
}

/// Before the paragraph that says what to do.
const DO: &str = "**Do** ";

impl Stage {
    /// The file of docs/codes with the pages of its codes, and the file's name.
    const fn pages(self) -> (&'static str, &'static str) {
        match self {
            Self::Request => ("request", include_str!("../../docs/codes/request.md")),
            Self::Mode => ("mode", include_str!("../../docs/codes/mode.md")),
            Self::Iam => ("iam", include_str!("../../docs/codes/iam.md")),
            Self::Authorizer => ("authorizer", include_str!("../../docs/codes/authorizer.md")),
            Self::Resolver => ("resolver", include_str!("../../docs/codes/resolver.md")),
            Self::Anywhere => ("anywhere", include_str!("../../docs/codes/anywhere.md")),
        }
    }
}

impl Code {
    /// Its page as it stands in docs/codes, without the heading; none where none was written, which a test forbids.
    pub fn markdown(self) -> Option<&'static str> {
        let (_, pages) = self.entry().stage.pages();
        let mut all = pages.split("\n## ").skip(1);
        all.find_map(|page| page.strip_prefix(self.as_str())?.strip_prefix('\n')).map(str::trim_end)
    }

    /// Its page, taken apart.
    pub fn page(self) -> Option<CodePage> {
        let (cause, rest) = self.markdown()?.split_once("\n\n    ")?;
        let (example, cure) = rest.split_once("\n\n")?;
        Some(CodePage { cause, example, cure: cure.strip_prefix(DO)? })
    }

    /// Where it stands in the documentation: `codes/resolver.md#group-case-mismatch`.
    pub fn place(self) -> String {
        format!("codes/{}.md#{self}", self.entry().stage.pages().0)
    }
}
