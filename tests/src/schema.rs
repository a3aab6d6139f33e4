//! A validator for the part of JSON Schema that `bd schema` and `gt schema` use: type, required, properties, items, enum, minimum.

use serde_json::Value;

/// Holds a value against a schema.
///
/// # Errors
/// The first place where it does not fit, as a path and what was expected there. A keyword that this validator does not
/// know is an error too: an unchecked rule would pass in silence.
pub fn validate(schema: &Value, value: &Value) -> Result<(), String> {
    at("$", schema, value)
}

fn at(path: &str, schema: &Value, value: &Value) -> Result<(), String> {
    let Some(rules) = schema.as_object() else { return Err(format!("{path}: the schema is no object")) };
    for (rule, expected) in rules {
        match rule.as_str() {
            "type" => {
                let one = std::slice::from_ref(expected);
                let mut fits = false;
                for name in expected.as_array().map_or(one, Vec::as_slice) {
                    fits |= is(name, value).ok_or_else(|| format!("{path}: unknown type {name}"))?;
                }
                if !fits {
                    return Err(format!("{path}: {value} is no {expected}"));
                }
            }
            "required" => {
                for name in expected.as_array().into_iter().flatten().filter_map(Value::as_str) {
                    if value.get(name).is_none() {
                        return Err(format!("{path}: `{name}` is missing in {value}"));
                    }
                }
            }
            "properties" => {
                for (name, schema) in expected.as_object().into_iter().flatten() {
                    if let Some(value) = value.get(name) {
                        at(&format!("{path}.{name}"), schema, value)?;
                    }
                }
            }
            "items" => {
                for (number, value) in value.as_array().into_iter().flatten().enumerate() {
                    at(&format!("{path}[{number}]"), expected, value)?;
                }
            }
            "enum" => {
                if !expected.as_array().is_some_and(|all| all.contains(value)) {
                    return Err(format!("{path}: {value} is none of {expected}"));
                }
            }
            "minimum" => {
                if value.as_f64().zip(expected.as_f64()).is_some_and(|(value, least)| value < least) {
                    return Err(format!("{path}: {value} is less than {expected}"));
                }
            }
            "$schema" | "title" | "description" => {}
            other => return Err(format!("{path}: the validator does not know `{other}`")),
        }
    }
    Ok(())
}

/// Whether a value is of a type; `None` for a type that there is not.
fn is(name: &Value, value: &Value) -> Option<bool> {
    Some(match name.as_str()? {
        "object" => value.is_object(),
        "array" => value.is_array(),
        "string" => value.is_string(),
        "integer" => value.is_i64() || value.is_u64(),
        "number" => value.is_number(),
        "boolean" => value.is_boolean(),
        "null" => value.is_null(),
        _ => return None,
    })
}
