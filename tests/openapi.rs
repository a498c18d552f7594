//! The OpenAPI document that is checked in is the one the routes make, and it is whole; what it says takes a body takes any.

#[path = "fuzz/mod.rs"]
mod fuzz;
#[path = "fuzz/requests.rs"]
mod requests;
#[path = "support/mod.rs"]
#[allow(dead_code, reason = "what the API tests need and these do not")]
mod support;

use std::collections::BTreeSet;

use afterword::web;
use serde_json::Value;

const PATH: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/docs/api/openapi.json");

fn document() -> Value {
    web::openapi::document(web::route::Table::of(&web::routes()).rows())
}

#[test]
#[allow(clippy::disallowed_methods, reason = "how a person asks for the new document")]
fn the_checked_in_document_is_the_one_the_routes_make() {
    let made = web::openapi::pretty(web::route::Table::of(&web::routes()).rows());
    #[allow(clippy::disallowed_methods, reason = "who runs the test says so in the environment")]
    let rewrite = std::env::var_os("UPDATE_OPENAPI").is_some_and(|value| value == "1");
    if rewrite {
        std::fs::write(PATH, &made).expect("docs/api can be written");
    }
    let kept = std::fs::read_to_string(PATH).unwrap_or_default();
    assert!(
        kept == made,
        "docs/api/openapi.json differs from what the routes make, first in line {}: run UPDATE_OPENAPI=1 cargo test --test openapi, and look at the difference",
        kept.lines().zip(made.lines()).take_while(|(kept, made)| kept == made).count() + 1
    );
}

#[test]
fn every_reference_leads_somewhere() {
    fn references<'v>(value: &'v Value, found: &mut BTreeSet<&'v str>) {
        match value {
            Value::Object(members) => {
                found.extend(members.get("$ref").and_then(Value::as_str));
                members.values().for_each(|member| references(member, found));
            }
            Value::Array(items) => items.iter().for_each(|item| references(item, found)),
            _ => {}
        }
    }
    let document = document();
    let mut found = BTreeSet::new();
    references(&document, &mut found);
    assert!(found.len() > 10, "only {} references: the document is not whole", found.len());
    for reference in found {
        let pointer = reference.strip_prefix('#').expect("references stay inside the document");
        assert!(document.pointer(pointer).is_some_and(Value::is_object), "{reference} leads nowhere");
    }
}

#[test]
fn every_operation_has_its_own_name_a_summary_and_its_problems() {
    let document = document();
    let mut names = BTreeSet::new();
    for (path, methods) in document["paths"].as_object().expect("paths") {
        for (method, operation) in methods.as_object().expect("methods") {
            let name = operation["operationId"].as_str().expect("a name");
            assert!(names.insert(name.to_owned()), "{method} {path}: {name} is taken");
            assert!(
                operation["summary"].as_str().is_some_and(|text| !text.is_empty()),
                "{method} {path} says nothing"
            );
            assert!(operation["responses"]["default"].is_object(), "{method} {path}");
            for segment in path.split('/').filter_map(|part| part.strip_prefix('{')?.strip_suffix('}')) {
                let parameters = operation["parameters"].as_array().expect("parameters");
                assert!(
                    parameters.iter().any(|known| known["name"] == segment && known["in"] == "path"),
                    "{path}: {segment}"
                );
            }
        }
    }
}

#[test]
fn what_other_servers_pages_post_is_a_form_and_described_as_one() {
    let document = document();
    for (path, field) in [("/auth/cb/{provider}", "state"), ("/auth/{provider}/deletion", "signed_request")] {
        let body = &document["paths"][path]["post"]["requestBody"]["content"];
        let schema = body["application/x-www-form-urlencoded"]["schema"]["$ref"].as_str();
        let schema = schema.unwrap_or_else(|| panic!("{path} takes no form: {body}"));
        let schema = document.pointer(schema.trim_start_matches('#')).expect("it leads somewhere");
        assert!(schema["properties"][field].is_object(), "{path}: {schema}");
    }
}

#[test]
fn what_readers_get_promises_its_members() {
    let schemas = &document()["components"]["schemas"];
    let required = |name: &str| -> BTreeSet<String> {
        let members =
            schemas[name]["required"].as_array().unwrap_or_else(|| panic!("{name} has no required members"));
        members.iter().map(|member| member.as_str().unwrap().to_owned()).collect()
    };
    for (name, members) in [
        ("ThreadPage", &["site", "thread", "order", "conversations", "next"][..]),
        (
            "Comment",
            &["id", "root", "parent", "depth", "number", "state", "author", "body", "likes", "pinned"],
        ),
        ("Author", &["id", "name", "kind", "role", "hue"]),
        ("Problem", &["type", "title", "status", "detail", "request_id"]),
    ] {
        for member in members {
            assert!(required(name).contains(*member), "{name}.{member} is not promised");
        }
    }
}

#[test]
fn every_member_that_a_problem_can_have_is_described() {
    let causes = include_str!("../src/web/problem/causes.rs");
    let added: BTreeSet<&str> =
        causes.split(".with(\"").skip(1).filter_map(|rest| rest.split('"').next()).collect();
    assert!(added.len() > 5, "found only {added:?}: the test looks in the wrong place");
    let described = &document()["components"]["schemas"]["Problem"]["properties"];
    for member in added {
        assert!(described[member].is_object(), "{member} is in answers and not in the document");
    }
}

#[test]
fn forms_and_pages_that_refuse_are_described_as_what_they_are() {
    let document = document();
    for (method, path) in [("post", "/auth/cb/{provider}"), ("post", "/auth/{provider}/deletion")] {
        let taken = &document["paths"][path][method]["requestBody"]["content"];
        assert!(taken["application/x-www-form-urlencoded"]["schema"].is_object(), "{method} {path}: {taken}");
    }
    for (method, path) in
        [("get", "/auth/popup"), ("get", "/auth/cb/{provider}"), ("post", "/auth/cb/{provider}")]
    {
        let refused = &document["paths"][path][method]["responses"]["default"]["content"];
        assert!(refused["text/html"].is_object(), "{method} {path}: {refused}");
        assert!(refused["application/problem+json"].is_object(), "{method} {path}: {refused}");
    }
    let elsewhere = &document["paths"]["/account/api/name"]["put"]["responses"]["default"]["content"];
    assert_eq!(elsewhere["text/html"], Value::Null, "a script reads these");
}
