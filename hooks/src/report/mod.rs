//! What a check found, for people, as JSON, as SARIF 2.1.0 and as Markdown.
