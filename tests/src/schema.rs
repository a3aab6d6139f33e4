//! A validator for the part of JSON Schema that `bd schema` uses: type, required, properties, items, enum.

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
                let fits = match expected.as_str() {
                    Some("object") => value.is_object(),
                    Some("array") => value.is_array(),
                    Some("string") => value.is_string(),
                    Some("integer") => value.is_i64() || value.is_u64(),
                    Some("number") => value.is_number(),
                    Some("boolean") => value.is_boolean(),
                    _ => return Err(format!("{path}: unknown type {expected}")),
                };
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
            "$schema" | "title" | "description" => {}
            other => return Err(format!("{path}: the validator does not know `{other}`")),
        }
    }
    Ok(())
}
