//! Rows to OpenAPI 3.1.

use std::collections::BTreeMap;
use std::sync::Arc;

use serde_json::{Map, Value, json};

use super::{Media, Shape};
use crate::web::problem::kinds;
use crate::web::route::{Access, Class, Gives, RouteRow, Segment};
use crate::web::wire;

/// The whole document. Members are in alphabetical order, so that the same routes always give the same text.
pub fn document(rows: &[Arc<RouteRow>]) -> Value {
    let mut schemas = Schemas::default();
    let mut paths: BTreeMap<&str, Map<String, Value>> = BTreeMap::new();
    for row in rows {
        let methods = paths.entry(row.pattern.as_str()).or_default();
        methods.insert(row.method.as_str().to_lowercase(), operation(row, &mut schemas));
    }
    schemas.0.insert("Problem".into(), problem());
    schemas.0.extend(wire::tree_schemas().map(|(name, schema)| (name.to_owned(), schema)));
    json!({
        "openapi": "3.1.0",
        "info": {
            "title": "Afterword",
            "version": "1",
            "description": "The HTTP interface of a comment server. Answers of version 1 only gain fields.",
            "license": { "name": "MIT", "identifier": "MIT" },
        },
        "tags": tags(),
        "paths": paths,
        "components": {
            "schemas": schemas.0,
            "securitySchemes": {
                "bearer": {
                    "type": "http",
                    "scheme": "bearer",
                    "description": "An access token (`at_…`), or the token of a guest (`gt_…`).",
                },
            },
        },
    })
}

fn tags() -> Value {
    let tag = |class: Class, description: &str| json!({ "name": class.name(), "description": description });
    json!([
        tag(
            Class::Public,
            "The same bytes for everybody, with an ETag, from any origin, without credentials."
        ),
        tag(Class::Api, "A widget's private requests: JSON and a bearer token, from the site's origins."),
        tag(
            Class::CookieCors,
            "Upkeep of sessions: from the site's origins, with credentials and the header `X-Afterword: 1`.",
        ),
        tag(Class::FirstParty, "Pages of the comments host, and what their scripts send."),
        tag(Class::Machine, "For machines: monitoring."),
    ])
}

fn operation(row: &RouteRow, schemas: &mut Schemas) -> Value {
    let facts = &row.facts;
    let mut operation = json!({
        "operationId": operation_id(row),
        "tags": [row.class.name()],
        "summary": facts.summary,
        "responses": responses(row, schemas),
        "x-access": row.access.name(),
        "x-rate": row.rate.name(),
    });
    if !facts.description.is_empty() {
        operation["description"] = facts.description.into();
    }
    let parameters = parameters(row);
    if !parameters.is_empty() {
        operation["parameters"] = parameters.into();
    }
    if let Some((media, shape)) = &facts.takes {
        operation["requestBody"] = json!({
            "required": true,
            "content": { *media: { "schema": schemas.reference(shape) } },
        });
        operation["x-body-bytes-max"] = row.cap.into();
    }
    if row.class == Class::Api {
        let bearer = json!({ "bearer": [] });
        operation["security"] =
            if row.access == Access::Anyone { json!([{}, bearer]) } else { json!([bearer]) };
    }
    operation
}

/// `get /api/v1/sites/{site}/thread` is `getSitesThread`: what it is about, without its parameters, unless the path
/// ends in one.
fn operation_id(row: &RouteRow) -> String {
    let mut id = row.method.as_str().to_lowercase();
    let segments = row.pattern.segments();
    for (i, segment) in segments.iter().enumerate() {
        let word = match segment {
            Segment::Literal("api" | "v1") => continue,
            Segment::Literal(word) => word,
            Segment::Param(_) if i + 1 < segments.len() => continue,
            Segment::Param(name) => {
                id.push_str("By");
                name
            }
        };
        for part in word.split(|c: char| !c.is_ascii_alphanumeric()).filter(|part| !part.is_empty()) {
            id.push_str(&part[..1].to_uppercase());
            id.push_str(&part[1..]);
        }
    }
    id
}

fn parameters(row: &RouteRow) -> Vec<Value> {
    let text = || json!({ "type": "string" });
    let path = row.pattern.params().map(|name| {
        let schema = match name {
            "comment" => json!({ "type": "string", "format": "uuid" }),
            _ => text(),
        };
        json!({ "name": name, "in": "path", "required": true, "schema": schema })
    });
    let query = row.facts.query.iter().map(|fact| {
        json!({
            "name": fact.name,
            "in": "query",
            "required": fact.required,
            "description": fact.description,
            "schema": if fact.many { json!({ "type": "array", "items": text() }) } else { text() },
        })
    });
    path.chain(query).collect()
}

fn responses(row: &RouteRow, schemas: &mut Schemas) -> Value {
    let mut refused = json!({
        "application/problem+json": { "schema": { "$ref": "#/components/schemas/Problem" } },
    });
    if row.facts.refuses_with_page {
        refused[Media::HTML] = json!({});
    }
    let mut responses = Map::new();
    for (status, gives) in &row.facts.gives {
        let mut response = json!({ "description": status.canonical_reason().unwrap_or_default() });
        match gives {
            Gives::Nothing => {}
            Gives::Json(shape) => {
                response["content"] = json!({ "application/json": { "schema": schemas.reference(shape) } });
            }
            Gives::Media(media) => response["content"] = json!({ *media: {} }),
        }
        // What is listed takes the place of the default, and a problem may have the same status.
        if status.as_u16() >= 400 {
            response["content"]["application/problem+json"] = refused["application/problem+json"].clone();
        }
        responses.insert(status.as_str().to_owned(), response);
    }
    if row.class == Class::Public {
        responses.insert("304".into(), json!({ "description": "Not changed since `If-None-Match`" }));
    }
    responses.insert("default".into(), json!({ "description": "A problem", "content": refused }));
    responses.into()
}

fn problem() -> Value {
    let types: Vec<_> = kinds::ALL.iter().map(|kind| format!("/problems/{}", kind.slug)).collect();
    let text = || json!({ "type": "string" });
    json!({
        "description": "An RFC 9457 problem. Some types have further members, such as `retry_after`.",
        "type": "object",
        "required": ["type", "title", "status", "detail", "request_id"],
        "properties": {
            "type": { "type": "string", "enum": types },
            "title": text(),
            "status": { "type": "integer" },
            "detail": text(),
            "request_id": text(),
            "max": { "type": "integer", "description": "How many there may be." },
            "max_chars": { "type": "integer" },
            "min_chars": { "type": "integer" },
            "max_bytes": { "type": "integer" },
            "challenge": { "type": "string", "description": "What a guest's browser works on before it asks again." },
            "bits": { "type": "integer", "description": "How much work that is." },
            "retry_after": { "type": "integer", "description": "Seconds." },
            "tries_left": { "type": "integer" },
            "earlier": { "type": "string", "format": "uuid", "description": "The comment said before." },
        },
    })
}

/// Schemas by name, each type's once.
#[derive(Default)]
struct Schemas(BTreeMap<String, Value>);

impl Schemas {
    /// A reference to this shape's schema, which is added with everything it refers to.
    fn reference(&mut self, shape: &Shape) -> Value {
        let name = (shape.name)().into_owned();
        let mut parts = vec![(name.clone(), (shape.schema)())];
        (shape.parts)(&mut parts);
        for (name, schema) in parts {
            // A schema that cannot be written is a fault of its type; the document's test shows the hole.
            let schema = serde_json::to_value(schema).unwrap_or(Value::Null);
            let known = self.0.entry(name.clone()).or_insert_with(|| schema.clone());
            debug_assert!(*known == schema, "two types are called {name}");
        }
        json!({ "$ref": format!("#/components/schemas/{name}") })
    }
}
