//! The OpenAPI document, made of the list of endpoints.

use utoipa::openapi::path::{OperationBuilder, ParameterBuilder, ParameterIn};
use utoipa::openapi::request_body::RequestBodyBuilder;
use utoipa::openapi::schema::{ArrayBuilder, ComponentsBuilder, ObjectBuilder, Schema, Type};
use utoipa::openapi::security::{HttpAuthScheme, HttpBuilder, SecurityRequirement, SecurityScheme};
use utoipa::openapi::{
    Content, HttpMethod, InfoBuilder, OpenApi, OpenApiBuilder, Paths, Ref, RefOr, Required, ResponseBuilder,
};
use utoipa::{PartialSchema as _, ToSchema as _};

use crate::endpoint::Shape;
use crate::{ENDPOINTS, Endpoint, ErrorBody, Method};

/// What each endpoint may say instead of 200.
const ERRORS: &[(&str, &str)] = &[
    ("401", "No token, or one that is not valid"),
    ("403", "The role does not allow it"),
    ("404", "There is no such thing"),
    ("409", "It does not fit the present state"),
    ("422", "A field's content is not allowed"),
    ("429", "Too much is coming in: try again later"),
    ("503", "The journal cannot be written"),
];

/// The OpenAPI document as JSON text, with a line feed at its end.
#[must_use]
pub fn openapi_json() -> String {
    // A tree of plain texts: writing it as JSON cannot fail.
    let mut text = serde_json::to_string_pretty(&document()).unwrap_or_default();
    text.push('\n');
    text
}

fn document() -> OpenApi {
    let bearer = HttpBuilder::new().scheme(HttpAuthScheme::Bearer).build();
    let mut components = ComponentsBuilder::new()
        .security_scheme("token", SecurityScheme::Http(bearer))
        .schema("ErrorBody", ErrorBody::schema());
    let mut refs = Vec::new();
    ErrorBody::schemas(&mut refs);
    let mut paths = Paths::new();
    for endpoint in ENDPOINTS {
        for shape in endpoint.body.iter().chain([&endpoint.answer]) {
            refs.extend((shape.all)());
        }
        paths.add_path_operation(endpoint.path, vec![method(endpoint.method)], operation(endpoint).build());
    }
    refs.sort_by(|a, b| a.0.cmp(&b.0));
    refs.dedup_by(|a, b| a.0 == b.0);
    for (name, schema) in refs {
        components = components.schema(name, schema);
    }
    OpenApiBuilder::new()
        .info(
            InfoBuilder::new()
                .title("noout")
                .version("1")
                .description(Some(
                    "Everything that the console and the command line do. A 2xx means: it is in the journal.",
                ))
                .build(),
        )
        .paths(paths)
        .components(Some(components.build()))
        .build()
}

fn method(method: Method) -> HttpMethod {
    match method {
        Method::Get => HttpMethod::Get,
        Method::Post => HttpMethod::Post,
        Method::Delete => HttpMethod::Delete,
    }
}

fn operation(endpoint: &Endpoint) -> OperationBuilder {
    let mut operation = OperationBuilder::new()
        .summary(Some(endpoint.summary))
        .operation_id(Some(id(endpoint)))
        .security(SecurityRequirement::new("token", Vec::<String>::new()));
    for name in endpoint.path.split('/').filter_map(|part| part.strip_prefix('{')?.strip_suffix('}')) {
        operation = operation.parameter(
            ParameterBuilder::new()
                .name(name)
                .parameter_in(ParameterIn::Path)
                .required(Required::True)
                .schema(Some(text())),
        );
    }
    for (name, meaning) in endpoint.query {
        operation = operation.parameter(
            ParameterBuilder::new()
                .name(*name)
                .parameter_in(ParameterIn::Query)
                .required(Required::False)
                .description(Some(*meaning))
                .schema(Some(text())),
        );
    }
    if let Some(body) = &endpoint.body {
        let body = RequestBodyBuilder::new().content("application/json", content(body)).required(Some(Required::True));
        operation = operation.request_body(Some(body.build()));
    }
    operation = operation.response(
        "200",
        ResponseBuilder::new().description("Done").content("application/json", content(&endpoint.answer)).build(),
    );
    for (status, meaning) in ERRORS {
        let error = Content::new(Some(Ref::from_schema_name("ErrorBody")));
        operation = operation
            .response(*status, ResponseBuilder::new().description(*meaning).content("application/json", error).build());
    }
    operation
}

fn text() -> RefOr<Schema> {
    RefOr::T(Schema::Object(ObjectBuilder::new().schema_type(Type::String).build()))
}

fn content(shape: &Shape) -> Content {
    let one = Ref::from_schema_name((shape.name)());
    if shape.many {
        return Content::new(Some(RefOr::T(Schema::Array(ArrayBuilder::new().items(RefOr::Ref(one)).build()))));
    }
    Content::new(Some(RefOr::Ref(one)))
}

/// `post_incidents_id_ack`: unique, and stable as long as the path is.
fn id(endpoint: &Endpoint) -> String {
    let verb = match endpoint.method {
        Method::Get => "get",
        Method::Post => "post",
        Method::Delete => "delete",
    };
    let rest: Vec<_> =
        endpoint.path.trim_start_matches("/api/v1/").split('/').map(|p| p.trim_matches(['{', '}'])).collect();
    format!("{verb}_{}", rest.join("_").replace('-', "_"))
}
