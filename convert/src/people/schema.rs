//! The JSON Schema of `people.yaml`, made from its types.

use super::file::People;
use caravan_convert_lift::plconfig::without_null;
use schemars::Schema;
use schemars::generate::SchemaSettings;
use schemars::transform::{RecursiveTransform, Transform as _};

/// The JSON Schema (draft 2020-12) of what the file may be, as far as a schema can say it: what names mean, and that nothing stands
/// there twice, is left to the reader.
#[must_use]
pub fn schema() -> Schema {
    let mut schema = SchemaSettings::draft2020_12().into_generator().into_root_schema_for::<People>();
    RecursiveTransform(without_null).transform(&mut schema);
    schema
}
