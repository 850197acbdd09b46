//! The project of a command: named, or found.

use super::args::FromArgs;
use super::exit::CommandError;
use super::input;
use crate::project::{Found, LoadOptions, Project, find, load};
use std::path::{Path, PathBuf};

impl FromArgs {
    /// Finds and reads the project; says what else is there.
    pub fn load(&self) -> Result<(PathBuf, Project), CommandError> {
        self.open(false)
    }

    /// The same with every API of it.
    pub fn load_every(&self) -> Result<(PathBuf, Project), CommandError> {
        self.open(true)
    }

    /// What the options add to a project.
    pub fn given(&self, every_api: bool) -> Result<LoadOptions, CommandError> {
        Ok(LoadOptions {
            overrides: self.overrides.clone(),
            parameters: input::parameters(self.parameters.as_deref())?,
            api_name: self.api_name.clone(),
            schema: self.schema.clone(),
            model: self.model.clone(),
            api: self.api.clone(),
            policies: self.policy.clone(),
            allow_outside: self.allow_outside,
            every_api,
        })
    }

    fn open(&self, every_api: bool) -> Result<(PathBuf, Project), CommandError> {
        let given = self.given(every_api)?;
        let found = self.found()?;
        let project = load(&found.path, &found.options(given)).map_err(|error| CommandError::new(error.to_string()))?;
        Ok((found.path, project))
    }

    fn found(&self) -> Result<Found, CommandError> {
        let found = find(self.path.as_deref(), Path::new(".")).map_err(|error| CommandError::new(error.to_string()))?;
        if self.path.is_none() {
            anstream::eprintln!("note: the project is {}", found.path.display());
        }
        for other in &found.others {
            anstream::eprintln!("note: {} was not read; --from names it", other.display());
        }
        Ok(found)
    }
}
