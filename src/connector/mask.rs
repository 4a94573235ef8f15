//! placeholder until the merge
use crate::connector::Column;
use crate::connector::object::{Field, Mask};
use crate::messages::Text;
use serde_json::Value;
pub fn default_mask(_field: &Field, _column: Option<&Column>) -> Mask {
    Mask::Null
}
pub fn masked_value(
    _m: &Mask,
    _f: &Field,
    _c: Option<&Column>,
    _t: &str,
    _o: &Value,
) -> Result<Option<Option<String>>, (Text, Text)> {
    Ok(None)
}
