//! The slots of a pipeline that Amplify generates, in the order in which they run (AMPLIFY-AUTH 1).

/// A function's part in its pipeline.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum PipelineSlot {
    /// Defaults and the like.
    Init,
    /// Before the authorization.
    PreAuth,
    /// The authorization.
    Auth,
    /// After it: the sandbox refuses here.
    PostAuth,
    /// Amplify's alone.
    Validate,
    /// Before a write.
    PreUpdate,
    /// Before a read.
    PreDataLoad,
    /// Before a subscription.
    PreSubscribe,
    /// The data function; also what stands in no slot.
    Main,
    /// The only function of a resolver that is no pipeline.
    Unit,
    /// After a read.
    PostDataLoad,
    /// After a write.
    PostUpdate,
    /// The last.
    Finish,
}

impl PipelineSlot {
    /// In the order in which they run.
    pub const ALL: [Self; 13] = [
        Self::Init,
        Self::PreAuth,
        Self::Auth,
        Self::PostAuth,
        Self::Validate,
        Self::PreUpdate,
        Self::PreDataLoad,
        Self::PreSubscribe,
        Self::Main,
        Self::Unit,
        Self::PostDataLoad,
        Self::PostUpdate,
        Self::Finish,
    ];

    /// Its name, as Amplify writes it into file names.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Init => "init",
            Self::PreAuth => "preAuth",
            Self::Auth => "auth",
            Self::PostAuth => "postAuth",
            Self::Validate => "validate",
            Self::PreUpdate => "preUpdate",
            Self::PreDataLoad => "preDataLoad",
            Self::PreSubscribe => "preSubscribe",
            Self::Main => "main",
            Self::Unit => "unit",
            Self::PostDataLoad => "postDataLoad",
            Self::PostUpdate => "postUpdate",
            Self::Finish => "finish",
        }
    }

    /// The slot of this name.
    pub fn parse(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|slot| slot.as_str() == name)
    }

    /// Whether Amplify makes a function of its own for it, which `main` and `unit` are not.
    fn is_extra(self) -> bool {
        !matches!(self, Self::Main | Self::Unit)
    }

    /// The slot in a file's name: `Query.listTodos.auth.1.req.vtl`.
    pub(crate) fn of_file(name: &str) -> Option<Self> {
        Self::parse(name.split('.').nth(2)?).filter(|slot| slot.is_extra())
    }

    /// The slot in the name of a function that Amplify made: `QuerylistTodosauth0Function`. Names can end alike
    /// (`preAuth` holds no `auth`, `postAuth` neither), so the longest one counts.
    pub(crate) fn of_function(name: &str) -> Option<Self> {
        let (whole, _) = name.split_once("Function")?;
        let stem = whole.trim_end_matches(|letter: char| letter.is_ascii_digit());
        if stem.len() == whole.len() {
            return None;
        }
        let ends = |slot: &Self| slot.is_extra() && stem.ends_with(slot.as_str());
        Self::ALL.into_iter().filter(ends).max_by_key(|slot| slot.as_str().len())
    }
}
