//! `/api/docs`: the document as one page, without a script, and without a request to anybody.

use std::sync::Arc;

use askama::Template;
use serde_json::Value;

use super::document;
use crate::web::problem::Problem;
use crate::web::response::Nonce;
use crate::web::route::RouteRow;

#[derive(Template)]
#[template(path = "api/docs.html")]
struct Page<'a> {
    nonce: &'a Nonce,
    description: &'a str,
    groups: Vec<Group<'a>>,
    schemas: Vec<Schema<'a>>,
}

struct Group<'a> {
    name: &'a str,
    description: &'a str,
    operations: Vec<Operation<'a>>,
}

struct Operation<'a> {
    id: &'a str,
    method: String,
    path: &'a str,
    summary: &'a str,
    description: &'a str,
    access: &'a str,
    parameters: Vec<Parameter<'a>>,
    /// The type of the body.
    body: Option<&'a str>,
    answers: Vec<Answer<'a>>,
}

struct Parameter<'a> {
    name: &'a str,
    place: &'a str,
    required: bool,
    description: &'a str,
}

struct Answer<'a> {
    status: &'a str,
    description: &'a str,
    /// Its type, or else its media type.
    shape: Option<&'a str>,
    media: &'a str,
}

struct Schema<'a> {
    name: &'a str,
    text: String,
}

/// The page, made from the same document that clients get.
pub fn render(rows: &[Arc<RouteRow>], nonce: &Nonce) -> Result<String, Problem> {
    let document = document(rows);
    let page = Page {
        nonce,
        description: text(&document["info"]["description"]),
        groups: items(&document["tags"]).map(|tag| group(&document, tag)).collect(),
        schemas: members(&document["components"]["schemas"])
            .map(|(name, schema)| Schema { name, text: format!("{schema:#}") })
            .collect(),
    };
    page.render().map_err(Problem::internal)
}

fn group<'a>(document: &'a Value, tag: &'a Value) -> Group<'a> {
    let name = text(&tag["name"]);
    let operations = members(&document["paths"]).flat_map(|(path, methods)| {
        let ours = members(methods).filter(move |(_, operation)| operation["tags"][0] == name);
        ours.map(move |(method, facts)| operation(path, method, facts))
    });
    Group { name, description: text(&tag["description"]), operations: operations.collect() }
}

fn operation<'a>(path: &'a str, method: &str, facts: &'a Value) -> Operation<'a> {
    Operation {
        id: text(&facts["operationId"]),
        method: method.to_uppercase(),
        path,
        summary: text(&facts["summary"]),
        description: text(&facts["description"]),
        access: text(&facts["x-access"]),
        parameters: items(&facts["parameters"]).map(parameter).collect(),
        body: members(&facts["requestBody"]["content"]).find_map(|(_, content)| shape(content)),
        answers: members(&facts["responses"]).map(answer).collect(),
    }
}

fn parameter(facts: &Value) -> Parameter<'_> {
    Parameter {
        name: text(&facts["name"]),
        place: text(&facts["in"]),
        required: facts["required"] == true,
        description: text(&facts["description"]),
    }
}

fn answer<'a>((status, facts): (&'a str, &'a Value)) -> Answer<'a> {
    let (media, content) = members(&facts["content"]).next().unwrap_or(("", &Value::Null));
    Answer { status, description: text(&facts["description"]), shape: shape(content), media }
}

/// The name of the type that a reference leads to.
fn shape(content: &Value) -> Option<&str> {
    content["schema"]["$ref"].as_str()?.rsplit('/').next()
}

fn text(value: &Value) -> &str {
    value.as_str().unwrap_or_default()
}

fn items(value: &Value) -> impl Iterator<Item = &Value> {
    value.as_array().into_iter().flatten()
}

fn members(value: &Value) -> impl Iterator<Item = (&str, &Value)> {
    value.as_object().into_iter().flatten().map(|(name, member)| (name.as_str(), member))
}
