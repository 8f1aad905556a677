//! How Caravan's YAML files are written.

use serde::Serialize;

/// Appends a document to a text. No text in it is folded: that would change its spaces.
pub(crate) fn write<T: Serialize>(text: &mut String, value: &T) -> Result<(), serde_yaml::SerializeError> {
    let options = serde_yaml::ser_options! { folded_wrap_chars: usize::MAX };
    serde_yaml::to_fmt_writer_with_options(text, value, options)?;
    if !text.ends_with('\n') {
        text.push('\n');
    }
    Ok(())
}
