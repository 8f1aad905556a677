//! What people say of the parameters of templates.

use std::collections::BTreeMap;

/// Values of parameters by name: those of CloudFormation and SAM templates, and the options of the serverless framework
/// (`stage`). What is named here is taken as deployed; a default that only the template offers is not.
#[derive(Clone, Debug, Default, Eq, PartialEq)]
pub struct TemplateParameters(BTreeMap<String, String>);

impl TemplateParameters {
    /// The value of a parameter, if somebody said it.
    #[must_use]
    pub fn get(&self, name: &str) -> Option<&str> {
        self.0.get(name).map(String::as_str)
    }
}

impl FromIterator<(String, String)> for TemplateParameters {
    /// Of two values of one name the last counts.
    fn from_iter<I: IntoIterator<Item = (String, String)>>(values: I) -> Self {
        Self(values.into_iter().collect())
    }
}
